"""What a finished briefing leaves in its folder: page, index, results, workbook, pack."""
