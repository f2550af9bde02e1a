"""What is on record: forecasts lodged with their date, the news of each month since, receipts as once published."""
