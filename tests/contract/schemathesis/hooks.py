"""Hooks for schemathesis that judge an answer by the `code` in its body.

The service sends most refusals with HTTP status 200, and the code of the refusal in the body. The first hook gives the
answer the status that its code means, so that all checks of schemathesis work. The second hook drops the complaints of
which the reason is known, and counts them. All other complaints are faults of the document or of the server.
"""

import atexit
import re
import sys
from collections import Counter
from typing import NamedTuple

import schemathesis


class Known(NamedTuple):
    """A kind of complaint with a known reason."""

    reason: str
    check: str
    """Class of the complaint."""
    answer: str
    """Pattern for the text of the answer."""


KNOWN = [
    Known("the made-up id of a task, track or voice is unknown", "RejectedPositiveData", r"not exist|not found|unknown|no .* with"),
    Known("the account has not enough credits", "RejectedPositiveData", r'"code":\s*402'),
    Known("the service answers other methods with HTTP 404", "UnsupportedMethodResponse", r""),
]

asked = set()
dropped = Counter()


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code != 200 or "json" not in " ".join(response.headers.get("content-type", [])):
        return
    body = response.json()
    code = body.get("code") if isinstance(body, dict) else None
    if isinstance(code, int) and code != 200 and 100 <= code <= 599:
        response.status_code = code


@schemathesis.hook
def filter_failure(context, failure, case, response):
    for known in KNOWN:
        if type(failure).__name__ == known.check and re.search(known.answer, response.text):
            dropped[known.reason] += 1
            return False
    return True


@schemathesis.check
def key_required(ctx, response, case):
    """Checks once for each operation that a request without a key is refused.

    The check `ignored_auth` of schemathesis sends its requests without the hook above, so this check replaces it.
    """
    if response.status_code == 200 and case.operation.label not in asked:
        asked.add(case.operation.label)
        refusal = case.call()
        assert refusal.status_code == 401, f"without a key the answer is {refusal.text}"


@atexit.register
def tell():
    for reason, count in sorted(dropped.items()):
        print(f"known: {reason}: {count}", file=sys.stderr)
