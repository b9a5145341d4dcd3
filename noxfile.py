"""The workshop: `nox` runs everything that CI asks for; `nox -s NAME` one session."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "layers", "tests", "minimal", "docs"]
PYTHONS = ["3.11", "3.12", "3.13"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests, with every extra."""
    session.install("-e", ".[test,all]")
    session.run("pytest", *session.posargs)


@nox.session
def minimal(session: nox.Session) -> None:
    """The default install alone: what is optional must be absent without harm."""
    session.install("-e", ".", "pytest>=8.3", "hypothesis>=6.120")
    session.run("pytest", "--ignore=tests/browser", *session.posargs)


@nox.session
def floors(session: nox.Session) -> None:
    """All tests with the lowest versions that pyproject.toml allows."""
    session.install("uv")
    session.run("uv", "pip", "install", "--resolution", "lowest-direct", "-e", ".[test,all]")
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style."""
    session.install("ruff>=0.11")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strict."""
    session.install("-e", ".[all]", "mypy>=1.15")
    session.run("mypy")


@nox.session
def layers(session: nox.Session) -> None:
    """One way: a later stage never calls an earlier one."""
    session.install("-e", ".", "import-linter>=2.3")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Every command in the documentation exists; links lead somewhere."""
    session.install("-e", ".[test]")
    session.run("pytest", "tests/test_docs.py")


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks; `nox -s bench -- scale` runs one. They read the data beside the project."""
    session.install("-e", ".[all]")
    for name in session.posargs or ["seeds", "scale", "pan13", "counter", "credits", "translated"]:
        session.run("python", f"benchmarks/{name}.py")
