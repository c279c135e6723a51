"""A function that was defined in a notebook or at a prompt, as a file that defines it again.

With it go what it uses of the same place: other functions and classes by their source, modules by
an import, plain values as they are now.
"""

import ast
import builtins
import inspect
import linecache
import math
import symtable
import sys
import textwrap
import types

PLAIN = (bool, int, float, complex, str, bytes, type(None))


class CaptureError(ValueError):
    """What a function uses cannot be written down; the text says what, and what to do."""


def class_source(thing):
    """By the cell of one of its methods: a class does not know where it was defined."""
    for member in vars(thing).values():
        if isinstance(member, types.FunctionType):
            text = "".join(linecache.getlines(member.__code__.co_filename))
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ClassDef) and node.name == thing.__name__:
                    lines = [one.lineno for one in [node, *node.decorator_list]]
                    return "\n".join(text.splitlines()[min(lines) - 1 : node.end_lineno])
    raise OSError("no method of it tells")


def source_of(thing):
    try:
        try:
            source = inspect.getsource(thing)
        except OSError:
            if not isinstance(thing, type):
                raise
            source = class_source(thing)
        return textwrap.dedent(source).rstrip() + "\n"
    except (OSError, TypeError, SyntaxError) as error:
        raise CaptureError(
            f"the source of {thing.__name__} is not known; define it in a cell or in a file"
        ) from error


def global_names(table):
    """Names that code reads from the place where it is defined, and not from a function's own."""
    outside = table.get_type() == "module"
    found = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (outside or symbol.is_global())
    }
    return found.union(*map(global_names, table.get_children()))


def names_in(source):
    """Names that a piece of source reads from outside of it, in the order in which it does."""
    outside = global_names(symtable.symtable(source, "entry", "exec"))
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in outside:
            found.setdefault(node.id)
    return list(found)


def is_plain(value):
    if isinstance(value, (list, tuple, set)):
        return type(value) in (list, tuple, set) and all(map(is_plain, value))
    if isinstance(value, dict):
        return type(value) is dict and all(is_plain(k) and is_plain(v) for k, v in value.items())
    return type(value) in PLAIN


def written(value):
    """A plain value as an expression, the same in every process."""
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, set):
        return f"{{{', '.join(sorted(map(written, value)))}}}" if value else "set()"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(written, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(k)}: {written(v)}' for k, v in value.items())}}}"
    return repr(value)


def importable(value, name):
    """(module, name) from where a value can be imported, or None. A method of an object that a
    module keeps, such as random.randint, is not found by what it calls itself."""
    places = [(getattr(value, "__module__", None), getattr(value, "__qualname__", name))]
    named = {name, getattr(value, "__name__", name)}
    places += [(module, one) for module in sorted(sys.modules) for one in sorted(named)]
    for module, one in places:
        if module == "__main__" or "." in one:
            continue
        try:
            found = vars(sys.modules[module]).get(one, places) if module in sys.modules else places
        except TypeError:  # something else that pretends to be a module
            continue
        if found is value:
            return module, one
    return None


class Capture:
    def __init__(self, function):
        self.home = function.__module__
        self.globals = function.__globals__
        self.imports, self.values, self.definitions = {}, {}, {}
        if function.__closure__:
            raise CaptureError(
                f"{function.__name__} uses variables of the function that it is defined in: "
                f"{', '.join(function.__code__.co_freevars)}; define it at the top"
            )
        self.add(function.__name__, function)

    def add(self, name, thing):
        source = source_of(thing)
        self.definitions[name] = None  # seen, and placed behind what it needs
        for used in names_in(source):
            self.need(name, used)
        del self.definitions[name]
        self.definitions[name] = source

    def need(self, by, name):
        known = (self.imports, self.values, self.definitions)
        if any(name in place for place in known) or name not in self.globals:
            return
        value = self.globals[name]
        if value is getattr(builtins, name, self):
            return
        if isinstance(value, types.ModuleType):
            self.imports[name] = f"import {value.__name__} as {name}\n"
        elif is_plain(value):
            self.values[name] = f"{name} = {written(value)}\n"
        elif self.is_definition(value):
            self.add(name, inspect.unwrap(value))
        elif self.place(value, name):
            module, there = self.place(value, name)
            self.imports[name] = f"from {module} import {there} as {name}\n"
        else:
            raise CaptureError(
                f"{by} uses {name}, which is of type {type(value).__name__}: make it inside of the "
                "function, or read it there from a file"
            )

    def is_definition(self, value):
        """Of the same place, also behind decorators that keep what they wrap."""
        inner = inspect.unwrap(value) if callable(value) else value
        return (
            isinstance(inner, (types.FunctionType, type))
            and getattr(inner, "__module__", None) == self.home
        )

    def place(self, value, name):
        found = importable(value, name)
        return found if found and found[0] != self.home else None

    def text(self):
        parts = [*self.imports.values(), *self.values.values()]
        return "".join(parts) + "".join(f"\n\n{source}" for source in self.definitions.values())


def capture(function):
    """The text of a file that defines the function."""
    return Capture(function).text().lstrip("\n")
