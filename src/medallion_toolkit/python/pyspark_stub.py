"""A `pyspark` for machines without Spark: every name can be imported, called, inherited and combined."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from medallion_toolkit.python.column_sql import JavaCall
from medallion_toolkit.python.lazy_jvm import LazyJava, function_name

_OPERATIONS = {
    "__eq__": "equalTo",
    "__ne__": "notEqual",
    "__lt__": "lt",
    "__le__": "leq",
    "__gt__": "gt",
    "__ge__": "geq",
    "__add__": "plus",
    "__sub__": "minus",
    "__mul__": "multiply",
    "__truediv__": "divide",
    "__mod__": "mod",
    "__and__": "and",
    "__or__": "or",
    "__getitem__": "apply",
}
_TAKE_TEXT = ("col", "column", "expr", "lit", "when")
_TAKE_COLUMNS = ("struct", "array", "coalesce", "greatest", "least", "concat", "create_map", "xxhash64")
_REVERSIBLE = ("plus", "minus", "multiply", "divide", "mod", "and", "or")


class Placeholder:
    """Stands for a Spark function, class or column; whatever is done with it gives another."""

    def __init__(self, java: LazyJava) -> None:
        self._jc = java

    def __getattr__(self, name: str) -> Placeholder:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(getattr(self._jc, name))

    def __call__(self, *arguments: object, **named: object) -> object:
        only = arguments[0] if len(arguments) == 1 and not named else None
        if callable(only) and not isinstance(only, Placeholder):
            return only
        return Placeholder(self._jc(*_as_columns(self._jc, arguments)))

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return ()

    def __invert__(self) -> Placeholder:
        return Placeholder(LazyJava(JavaCall(_no_spark, name="not"))(self._jc))

    __hash__ = object.__hash__


class _StubModule(ModuleType):
    """A module in which every name exists."""

    __medallion_stub__ = True

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        kind = _SessionClass if name == "SparkSession" else Placeholder
        return kind(LazyJava(JavaCall(_no_spark, name=name)))


class _SessionClass(Placeholder):
    """`SparkSession`: every way to get a session gives the proxy."""

    def __getattr__(self, name: str) -> Placeholder:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in ("getOrCreate", "getActiveSession", "active"):
            return self
        return _SessionGetter(self._jc)

    def __call__(self, *_arguments: object, **_named: object) -> object:
        return self


class _SessionGetter(Placeholder):
    """A method of `SparkSession` that gives the session."""

    def __call__(self, *_arguments: object, **_named: object) -> object:
        from medallion_toolkit.python.spark_proxy import SPARK

        return SPARK


class _StubFinder(MetaPathFinder, Loader):
    """Finds `pyspark` and everything below it."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        wanted = fullname == "pyspark" or fullname.startswith("pyspark.")
        return ModuleSpec(fullname, self, is_package=True) if wanted else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StubModule(spec.name)

    def exec_module(self, _module: ModuleType) -> None:
        return None


@contextmanager
def stub_pyspark() -> Iterator[None]:
    """For the block, `import pyspark…` finds the stand-in."""
    finder = _StubFinder()
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [n for n, module in sys.modules.items() if isinstance(module, _StubModule)]:
            del sys.modules[name]


def stub_column(name: str) -> Placeholder:
    """A column by name."""
    return Placeholder(LazyJava(JavaCall(_no_spark, name="col", arguments=(name,))))


def _as_columns(function: LazyJava, arguments: tuple[object, ...]) -> Iterator[object]:
    """Text is the name of a column where Spark's functions take it so: first, or everywhere in `struct(…)`."""
    name = function_name(function)
    for number, argument in enumerate(arguments):
        takes_column = name in _TAKE_COLUMNS or (number == 0 and name is not None and name not in _TAKE_TEXT)
        is_column = takes_column and isinstance(argument, str)
        yield stub_column(str(argument))._jc if is_column else _java(argument)


def _java(value: object) -> object:
    return value._jc if isinstance(value, Placeholder) else value


def _no_spark() -> object:
    raise RuntimeError("Spark is not installed.")


def _operation(method: str) -> Callable[[Placeholder, object], Placeholder]:
    def combine(self: Placeholder, other: object) -> Placeholder:
        return Placeholder(getattr(self._jc, method)(_java(other)))

    return combine


def _reversed_operation(method: str) -> Callable[[Placeholder, object], Placeholder]:
    def combine(self: Placeholder, other: object) -> Placeholder:
        literal = LazyJava(JavaCall(_no_spark, name="lit", arguments=(other,)))
        return Placeholder(getattr(literal, method)(self._jc))

    return combine


for _operator, _method in _OPERATIONS.items():
    setattr(Placeholder, _operator, _operation(_method))
    if _method in _REVERSIBLE:
        setattr(Placeholder, f"__r{_operator.strip('_')}__", _reversed_operation(_method))
