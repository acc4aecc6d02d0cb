"""The functions of ``import linepack``, on pandas tables; the command line calls the same ones."""
