"""Run the command line with ``python -m linepack``."""

from linepack.cli import main

main()
