"""Where tables are kept and queries run: folders of files, packs, DuckDB."""
