"""Barriers that axe-core finds on the pages of a folder of reports, on a phone and on a desk.

    python benchmarks/house/barriers.py REPORTS/en [WIDTH ...]

Prints each serious or critical finding with its page, and how many pages are without one.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

GRAVE = ("serious", "critical")


def main() -> None:
    """Look at every briefing, the index and the boards."""
    folder = Path(sys.argv[1])
    widths = [int(text) for text in sys.argv[2:]] or [390, 1200]
    pages = sorted([*folder.glob("*.html"), *folder.rglob("briefing.html")])
    clean, looked = 0, 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for width in widths:
            context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
            page = context.new_page()
            for path in pages:
                page.goto(path.resolve().as_uri())
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                found = [v for v in Axe().run(page).response["violations"] if v["impact"] in GRAVE]
                wide = page.evaluate("document.documentElement.scrollWidth") > width
                looked, clean = looked + 1, clean + (not found and not wide)
                name = path.relative_to(folder)
                for v in found:
                    print(f"{name} at {width}: {v['id']}: {v['nodes'][0]['html'][:160]}", flush=True)
                if wide:
                    print(f"{name} at {width}: scrolls sideways", flush=True)
            context.close()
        browser.close()
    print(f"{clean} of {looked} looks without a serious barrier")


if __name__ == "__main__":
    main()
