"""Figures that need a process of their own: imports, first calls, peak memory."""

import os
import subprocess
import sys


def run_child(code: str, **environment: str) -> float:
    """Run code in a fresh Python process and return the number on its last line.

    Parameters
    ----------
    code : str
        A program that ends by printing one number.
    **environment : str
        Environment variables set for the process, beside those of this one.

    Raises
    ------
    RuntimeError
        If the process fails; its error output is in the message.
    """
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"The measured process ended with code {done.returncode}:\n{done.stderr}")
    return float(done.stdout.split()[-1])
