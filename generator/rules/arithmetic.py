"""Arithmetic of a closed language, read through `ast` and never through `eval`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Names = Mapping[str, Any]
Functions = Mapping[str, Callable[..., float]]
LONGEST = 500  # characters; nothing printed needs more, and it bounds the nesting


class ExpressionError(ValueError):
    """An expression is not part of the language, or has no value."""


_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def calculate(expression: str, names: Names, functions: Functions) -> Any:
    """
    Return the value of *expression*: a number, or a truth value.

    The language has numbers, *names*, + - * /, comparisons, and/or/not and calls of
    *functions*. `ExpressionError` for anything else, for an unknown name and for a division by zero.
    """
    if len(expression) > LONGEST:
        raise ExpressionError(
            f"wanted at most {LONGEST} characters, found {len(expression)}: split the expression"
        )
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:  # a null byte is either, by release
        raise ExpressionError(f"wanted an expression, found {expression!r}: {error}") from error
    try:
        return _value(tree.body, names, functions)
    except ZeroDivisionError as error:
        raise ExpressionError(f"{expression!r} divides by zero") from error


def _value(node: ast.expr, names: Names, functions: Functions) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name):
            return _named(name, names)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in functions:
            return functions[name](*(_value(argument, names, functions) for argument in args))
        case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return _decided(node, names, functions)
        case _:
            return _computed(node, names, functions)


def _computed(node: ast.expr, names: Names, functions: Functions) -> float:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_value(operand, names, functions))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            sides = (_number(_value(side, names, functions)) for side in (left, right))
            return _BINARY[type(sign)](*sides)
    raise ExpressionError(f"not part of the language: {ast.unparse(node)!r}")


def _decided(node: ast.BoolOp | ast.Compare | ast.UnaryOp, names: Names, functions: Functions) -> bool:
    match node:
        case ast.UnaryOp():
            return not _truth(_value(node.operand, names, functions))
        case ast.BoolOp():
            truths = [_truth(_value(part, names, functions)) for part in node.values]
            return all(truths) if isinstance(node.op, ast.And) else any(truths)
        case ast.Compare():
            return _compared(node, names, functions)


def _compared(node: ast.Compare, names: Names, functions: Functions) -> bool:
    sides = [_number(_value(side, names, functions)) for side in (node.left, *node.comparators)]
    if any(type(sign) not in _COMPARE for sign in node.ops):
        raise ExpressionError(f"not part of the language: {ast.unparse(node)!r}")
    return all(
        _COMPARE[type(sign)](left, right)
        for sign, left, right in zip(node.ops, sides[:-1], sides[1:], strict=True)
    )


def _named(name: str, names: Names) -> Any:
    if name not in names:
        raise ExpressionError(f"no value called {name!r}; there are {', '.join(sorted(names)) or 'none'}")
    return names[name]


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ExpressionError(f"wanted a number, found {value!r}")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError(f"wanted a comparison, found the number {value!r}")
    return value
