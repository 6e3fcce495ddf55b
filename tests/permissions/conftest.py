"""Says at the end how many answers of the site were looked at."""

from .table import counted


def pytest_terminal_summary(terminalreporter):
    if counted:
        words = ", ".join(f"{number} {answer}" for answer, number in sorted(counted.items()))
        terminalreporter.write_line(f"permission matrix: {sum(counted.values())} cells ({words})")
