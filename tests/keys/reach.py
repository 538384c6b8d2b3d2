"""Which functions of the server reach which: read from its source, so that a new way in is not forgotten.

Every mention of a function counts as a call of it, since acts are passed on by name; an effect is mentioned by its
text, a hook by the list that it stands in; a method is reached by whoever mentions its class. So more is found
than can happen, and not less.
"""

import ast
import importlib
import re
from collections import defaultdict
from pathlib import Path
from types import FunctionType, ModuleType

import chappe

Node = str
"""`module.name` of a function, class or constant."""

ROOT = Path(chappe.__file__).parent


class Graph:
    """The mentions in all modules, and the SQL in each function."""

    def __init__(self) -> None:
        self.mentions: dict[Node, set[Node]] = defaultdict(set)
        self.texts: dict[Node, str] = defaultdict(str)
        self.modules: dict[str, ModuleType] = {}
        for path in sorted(ROOT.rglob("*.py")):
            name = ".".join(("chappe", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
            self.modules[name] = importlib.import_module(name)
        for name, module in self.modules.items():
            assert module.__file__ is not None
            self._read(name, ast.parse(Path(module.__file__).read_text()))

    def _read(self, module: str, tree: ast.Module) -> None:
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self._mention(module, f"{module}.{statement.name}", statement)
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self._mention(module, f"{module}.{target.id}", statement)
                        if target.id == "EFFECTS":
                            self._effects(module, statement.value)

    def _mention(self, module: str, node: Node, tree: ast.AST) -> None:
        for inner in ast.walk(tree):
            if isinstance(inner, ast.Name | ast.Attribute):
                self.mentions[node] |= self._named(module, inner)
            elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                self.texts[node] += " " + inner.value
                self.mentions[node].add(f"effect {inner.value}")
            if isinstance(inner, ast.ImportFrom):
                self.mentions[node] |= {f"{inner.module}.{alias.name}" for alias in inner.names}
            if isinstance(inner, ast.Call):
                self._hook(module, inner)

    def _effects(self, module: str, tree: ast.expr) -> None:
        """An effect's name leads to its function, also where that is wrapped in another."""
        for inner in ast.walk(tree):
            if isinstance(inner, ast.Dict):
                for key, value in zip(inner.keys, inner.values, strict=True):
                    assert isinstance(key, ast.Constant), f"{module}.EFFECTS has a name that cannot be read"
                    for name in ast.walk(value):
                        self.mentions[f"effect {key.value!s}"] |= self._named(module, name)

    def _hook(self, module: str, call: ast.Call) -> None:
        """`resources.of(Hook).append(function)`: the function is reached by whoever mentions the hook."""
        match call.func:
            case ast.Attribute(value=ast.Call(func=ast.Attribute(attr="of"), args=[hook]), attr="append" | "extend"):
                for list_name in self._named(module, hook):
                    for argument in call.args:
                        for inner in ast.walk(argument):
                            self.mentions[list_name] |= self._named(module, inner)

    def _named(self, module: str, tree: ast.AST) -> set[Node]:
        """What a name means here: where it was defined, through imports and packages that pass it on."""
        names: list[str] = []
        while isinstance(tree, ast.Attribute):
            names.insert(0, tree.attr)
            tree = tree.value
        if not isinstance(tree, ast.Name):
            return set()
        found: object = self.modules[module]
        for name in [tree.id, *names]:
            where, found = found, getattr(found, name, None)
            if found is None:
                return set()
            if isinstance(found, FunctionType | type):
                return {f"{found.__module__}.{found.__qualname__.split('.')[0]}"}
            if not isinstance(found, ModuleType):
                return {f"{where.__name__}.{name}"} if isinstance(where, ModuleType) else set()
        return set()

    def reached_from(self, start: Node, *, but: frozenset[Node] = frozenset()) -> set[Node]:
        """Everything that `start` leads to, itself included, and not what only `but` leads to."""
        found, queue = {start}, [start]
        while queue:
            new = self.mentions[queue.pop()] - found - but
            found |= new
            queue += new
        return found

    def writers(self, sql: re.Pattern[str]) -> set[Node]:
        """The functions and constants with such SQL in them."""
        return {node for node, text in self.texts.items() if sql.search(text)}
