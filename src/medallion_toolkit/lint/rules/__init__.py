"""The rules of `medallion lint`, one a module; `library.py` names them all."""
