"""``python -m benchmarks NAME [--quick] [--json FILE] [--folder FOLDER]``."""

import argparse
import json
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

import benchmarks
from benchmarks import accuracy, models
from benchmarks.frame import machine, report
from benchmarks.frame.runner import Disagreement, NothingToMeasure, run_group


def modules() -> dict[str, str]:
    """Return all benchmarks by name: the modules beside this one, and those of `accuracy` and `models`."""
    found = {}
    for room in (benchmarks, accuracy, models):
        names = (m.name for m in pkgutil.iter_modules(room.__path__) if not m.ispkg and not m.name.startswith("_"))
        found |= {name: f"{room.__name__}.{name}" for name in names}
    return found


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("name", choices=sorted(modules()), help="the benchmark to run")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    parser.add_argument("--folder", type=Path, help="where `accuracy` keeps what it has found, to go on from there")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run one benchmark, print its tables, and return the exit status."""
    options = parse(arguments)
    rounds, budget = (5, 5.0) if options.quick else (21, 30.0)
    summaries = []
    try:
        kept = {} if options.folder is None else {"folder": options.folder}
        for group in import_module(modules()[options.name]).cases(options.quick, **kept):
            summaries.append(report.summarise(group, *run_group(group, rounds=rounds, budget=budget)))
            print(report.table(summaries[-1]), flush=True)
    except NothingToMeasure as reason:
        print(reason)
        return 0
    except (Disagreement, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    # Last, because thread pools are seen only once their libraries are loaded.
    seen = machine.describe()
    print(machine.text(seen))
    if options.json is not None:
        figures = {"benchmark": options.name, "quick": options.quick, "machine": seen, "groups": summaries}
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
