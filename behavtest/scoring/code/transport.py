"""Patterns that leave a connection, or a signature, unchecked."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from behavtest.scoring.code.module import argument, is_value
from behavtest.scoring.code.pattern import CodePattern, any_call, any_node, calls

if TYPE_CHECKING:
    from behavtest.scoring.code.module import Module

_REQUESTS: Final = """get post put patch delete head options request send stream Session Client
AsyncClient"""
_HTTP: Final = frozenset(_REQUESTS.split())
_UNVERIFIED: Final = frozenset({"ssl._create_unverified_context", "ssl._create_stdlib_context"})
_OLD_PROTOCOLS: Final = frozenset(
    f"ssl.PROTOCOL_{name}" for name in ("SSLv2", "SSLv3", "SSLv23", "TLSv1", "TLSv1_1")
) | {"ssl.TLSVersion.SSLv3", "ssl.TLSVersion.TLSv1", "ssl.TLSVersion.TLSv1_1"}


def _certificate(module: Module, node: ast.AST) -> bool:
    """Tell whether a certificate, or whose it is, is not checked."""
    if isinstance(node, ast.Call):
        name = module.name_of(node.func)
        return name in _UNVERIFIED or (
            _last_part(node.func) in _HTTP and is_value(argument(node, "verify"), False)  # noqa: FBT003
        )
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        return module.name_of(node) in {"ssl.CERT_NONE", "ssl._create_unverified_context"}
    return (
        isinstance(node, ast.Assign)
        and is_value(node.value, False)  # noqa: FBT003
        and any(
            isinstance(target, ast.Attribute) and target.attr in {"check_hostname", "verify"}
            for target in node.targets
        )
    )


def _last_part(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _protocol(module: Module, node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and module.name_of(node) in _OLD_PROTOCOLS


def _host_key(module: Module, call: ast.Call, _name: str) -> bool:
    if not (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "set_missing_host_key_policy"
        and call.args
    ):
        return False
    policy = call.args[0]
    named = module.name_of(policy.func if isinstance(policy, ast.Call) else policy)
    return named.rpartition(".")[2] in {"AutoAddPolicy", "WarningPolicy"}


def _signature(module: Module, call: ast.Call, name: str) -> bool:
    if name != "jwt.decode":
        return False
    options = argument(call, "options")
    unchecked = isinstance(options, ast.Dict) and any(
        key is not None and module.text_of(key) == "verify_signature" and is_value(value, False)  # noqa: FBT003
        for key, value in zip(options.keys, options.values, strict=True)
    )
    return unchecked or is_value(argument(call, "verify"), False)  # noqa: FBT003


TRANSPORT: Final = (
    CodePattern(
        "certificate",
        "verify=False, CERT_NONE or check_hostname = False",
        any_node(_certificate),
        cwe=295,
    ),
    CodePattern("old_tls", "SSL, or TLS before 1.2", any_node(_protocol), cwe=327),
    CodePattern(
        "host_key", "an SSH client that accepts any host's key", any_call(_host_key), cwe=322
    ),
    CodePattern("signature", "jwt.decode without checking it", any_call(_signature), cwe=347),
    CodePattern(
        "clear_text",
        "ftplib.FTP or telnetlib, which send passwords in the clear",
        calls("ftplib.FTP", "telnetlib.Telnet"),
        cwe=319,
    ),
)
