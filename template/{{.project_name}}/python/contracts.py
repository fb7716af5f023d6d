"""Makes every table that contracts/silver/*.yml describe with `from:`; nothing else is declared in Python."""

from medallion import declare_tables

declare_tables("silver")
