"""The workshop: `nox` runs everything that CI asks for; `nox -s NAME` one session."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "types", "layers", "tests", "minimal", "floors", "docs"]
nox.options.error_on_missing_interpreters = False
PYTHONS = ["3.11", "3.12", "3.13"]
BENCHMARKS = ["speed", "scale", "pan13", "counter", "credits", "translated", "report", "spark"]


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


@nox.session(python="3.11")
def floors(session: nox.Session) -> None:
    """All tests with the lowest versions that pyproject.toml allows, on the oldest Python."""
    session.install("uv")
    python = f"{session.bin}/python"
    session.run(
        "uv", "pip", "install", "--python", python, "--resolution", "lowest-direct", "-e", ".[test,all]"
    )
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strict."""
    session.install("-e", ".[dev,all]")
    session.run("mypy")


@nox.session
def layers(session: nox.Session) -> None:
    """One way: a later stage never calls an earlier one."""
    session.install("-e", ".[dev]")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Every command in the documentation exists, its output is real, links lead somewhere."""
    session.install("-e", ".[test,semantic]")
    session.run("pytest", "tests/test_docs.py", *session.posargs)


@nox.session
def seeds(session: nox.Session) -> None:
    """Write reports/seeds and the outputs in docs/ anew; look at what changed before you commit it."""
    session.install("-e", ".[test,semantic]")
    session.run("dedupe", "run", "seeds/")
    session.run("dedupe", "report", "reports/seeds", "--format", "csv")
    session.run("python", "docs/outputs.py")
    session.run("pytest", "tests/test_seeds_run.py", "tests/test_docs.py")


@nox.session
def page(session: nox.Session) -> None:
    """Write the script and the style that reports carry from dedupe/reports/assets."""
    session.install("-e", ".", "tdewolff-minify==2.24.12", "zopfli==0.4.3")
    session.run("python", "dedupe/reports/build_page.py")


@nox.session
def bench(session: nox.Session) -> None:
    """The benchmarks; `nox -s bench -- scale` runs one. They read the data beside the project."""
    session.install("-e", ".[test,all]")
    for name in session.posargs or BENCHMARKS:
        session.run("python", f"benchmarks/{name}.py")
