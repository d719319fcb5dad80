"""A plugin of the AWS CLI that runs many commands in one process, because each process takes a second to start.

Reads a JSON list of lists of arguments from stdin, and prints a JSON list of {"status", "stderr"} in the same order.
"""

import contextlib
import io
import json
import os
import sys


def awscli_initialize(_events):
    # The commands' own drivers load no plugins.
    os.environ["AWS_CONFIG_FILE"] = os.devnull
    answers = [answer_to(arguments) for arguments in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)
    sys.exit(0)


def answer_to(arguments):
    # While the CLI loads its plugins, this module is not complete yet.
    from awscli.clidriver import create_clidriver

    errors = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
        try:
            status = create_clidriver().main(arguments)
        except SystemExit as end:
            status = end.code
    return {"status": status, "stderr": errors.getvalue()}
