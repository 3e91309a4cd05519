"""The official client of Standard Webhooks against messages that recap has sent.

Reads one JSON object from standard input: the secrets `old` and `new`, and the
messages `before`, `during` and `after` a rotation. Any failed assertion ends it.
"""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

case = json.load(sys.stdin)
old, new = Webhook(case["old"]), Webhook(case["new"])


def takes(client, message, **changed):
    """Whether `client` takes `message` with these headers, or body, changed."""
    body = changed.pop("body", message["body"])
    headers = message["headers"] | {f"webhook-{name}": value for name, value in changed.items()}
    try:
        assert client.verify(body, headers) == json.loads(body)
    except WebhookVerificationError:
        return False
    return True


before, during, after = case["before"], case["during"], case["after"]
assert (takes(old, before), takes(new, before)) == (True, False)
assert (takes(old, during), takes(new, during)) == (True, True)
assert (takes(old, after), takes(new, after)) == (False, True)

for client, message in [(old, before), (old, during), (new, during), (new, after)]:
    timestamp = int(message["headers"]["webhook-timestamp"])
    signature = message["headers"]["webhook-signature"]
    assert not takes(client, message, body=message["body"].replace("job.completed", "job.failed"))
    assert not takes(client, message, body=message["body"] + " ")
    assert not takes(client, message, id=message["headers"]["webhook-id"][:-1] + "B")
    assert not takes(client, message, timestamp=str(timestamp + 1))
    assert not takes(client, message, timestamp=str(timestamp - 1000))
    assert not takes(client, message, signature=signature.replace("v1,", "v1a,"))
    assert not takes(client, message, signature="v1," + "A" * 43 + "=")

print("all is well")
