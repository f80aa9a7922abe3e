"""Least privilege: what each function's role allows, against what the function did.

The policies are those that were deployed, the calls those that the stand-in noted. Two lists are to be empty: calls that
no statement allows, and actions of a statement that nobody called. The stand-in refuses the first by itself, but looks
at no `dynamodb:LeadingKeys`; this does.
"""

import hashlib
import json
import math
import re
import time
from fnmatch import fnmatchcase

from account import client

# A policy that the rehearsal puts on a role, and that is none of ours.
OF_THE_STAND_IN = "StandIn"

# Calls that Lambda makes with the function's role, on behalf of its event sources.
BY_LAMBDA = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:ListBucket FailureBucket",
    "s3:PutObject FailureBucket",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage DeadLetterQueue",
}

# Actions that a rehearsal does not come to, and why.
NOT_REHEARSED = {
    "dynamodb:BatchGetItem Portal": "it reads who is named on a page and neither on the ticket nor in the catalog",
    "ses:SendEmail": "the stand-in does not note it; that mails arrive, and from whom, is looked at in the story",
    "ses:SendRawEmail": "SES asks for it where `SendEmail` is given MIME; the stand-in does not",
}

TRANSACTED = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}


def compare(stack, functions):
    """Prints what is allowed and unused, and what was done and not allowed; answers how many of both."""
    calls = observed(stack, functions)
    findings = 0
    for function in functions:
        statements = policies(stack, function)
        done = calls.get(function, [])
        used = set()
        for call in done:
            allowed = [n for n, statement in enumerate(statements) if matches(statement, call)]
            denied = [n for n in allowed if statements[n]["Effect"] == "Deny"]
            if denied or not allowed:
                print(f"  {function}: not allowed: {call}")
                findings += 1
            for n in allowed:
                used.add((n, call["action"], next(r for r in listed(statements[n], "Resource") if fits(call["resource"], r))))
        for n, statement in enumerate(statements):
            if statement["Effect"] == "Deny":
                continue
            for action in listed(statement, "Action"):
                for resource in listed(statement, "Resource"):
                    if (n, action, resource) not in used and not excused(stack, function, action, resource):
                        print(f"  {function}: allowed and not used: {action} on {resource} ({statement.get('Sid')})")
                        findings += 1
    print(f"  {sum(map(len, calls.values()))} kinds of calls of {len(calls)} functions, {findings} findings")
    return findings


def excused(stack, function, action, resource):
    if action in BY_LAMBDA or action in NOT_REHEARSED or f"{action} {function}" in NOT_REHEARSED:
        return True
    named = [logical for logical in ("FailureBucket", "DeadLetterQueue") if name_of(stack.ids[logical]) in resource]
    return any(f"{action} {logical}" in BY_LAMBDA for logical in named)


def name_of(physical):
    return physical.rsplit("/", 1)[-1]


def listed(statement, key):
    value = statement[key]
    return value if isinstance(value, list) else [value]


def policies(stack, function):
    """The statements of a function's role, as deployed."""
    iam = client("iam")
    role = stack.ids[f"{function}Role"]
    statements = []
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        if name == OF_THE_STAND_IN:
            continue
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        document = json.loads(document) if isinstance(document, str) else document
        statements += document["Statement"]
    return statements


def matches(statement, call):
    if call["action"] not in listed(statement, "Action") and listed(statement, "Action") != ["dynamodb:*"]:
        return False
    if listed(statement, "Action") == ["dynamodb:*"] and not call["action"].startswith("dynamodb:"):
        return False
    if not any(fits(call["resource"], resource) for resource in listed(statement, "Resource")):
        return False
    for operator, conditions in statement.get("Condition", {}).items():
        for key, patterns in conditions.items():
            patterns = patterns if isinstance(patterns, list) else [patterns]
            if key != "dynamodb:LeadingKeys":
                continue
            hits = [any(fits(value, pattern) for pattern in patterns) for value in call["keys"]]
            if not (any(hits) if operator.startswith("ForAnyValue") else all(hits)):
                return False
    return True


def fits(value, pattern):
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def observed(stack, functions):
    """The different calls of each function."""
    calls = {}
    for function in functions:
        configuration = stack.functions.get_function_configuration(FunctionName=stack.ids[function])
        # The stand-in makes a role's key of the function and the role.
        digest = hashlib.sha256(f"{configuration['FunctionArn']}:{configuration['Role']}".encode()).hexdigest()
        different = calls.setdefault(function, [])
        for event in events(f"ASIA{digest[:16].upper()}"):
            different += [call for call in understood(event) if call not in different]
    return calls


def events(key):
    """What was called with a key, newest first. The stand-in answers fifty at most and has no pages, so each look goes on
    where the one before ended, a second at a time where that is not enough."""
    trail = client("cloudtrail")
    seen, end = set(), int(time.time()) + 1
    while True:
        attributes = [{"AttributeKey": "AccessKeyId", "AttributeValue": key}]
        found = trail.lookup_events(LookupAttributes=attributes, EndTime=end, MaxResults=50)["Events"]
        if not found:
            return
        for event in found:
            if event["EventId"] not in seen:
                seen.add(event["EventId"])
                yield {**json.loads(event["CloudTrailEvent"]), "resources": event["Resources"]}
        # All of the second that the oldest is in, unless that is all that was found.
        end = min(end - 1, math.ceil(found[-1]["EventTime"].timestamp()))


def understood(event):
    """A call as policies speak of it: actions, resources, and the prefixes of the keys it names."""
    service = event["eventSource"].split(".")[0]
    name, parameters = event["eventName"], event.get("requestParameters") or {}
    if service == "dynamodb":
        return table_calls(name, parameters)
    if service == "sqs":
        queue = name_of(parameters["QueueUrl"])
        return [call(f"sqs:{name.removesuffix('Batch')}", f"arn:aws:sqs:us-east-1:000000000000:{queue}")]
    if service == "s3":
        return bucket_calls(name, event.get("resources") or [])
    return [call(f"{service}:{name}", "*")]


def call(action, resource, keys=()):
    return {"action": action, "resource": resource, "keys": sorted(set(keys))}


def table_arn(name):
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"


def prefix(key):
    """Which kind of item a partition holds. The rest of the key is somebody's, but of signing keys it is what they seal."""
    value = next(iter(key.values()))
    kind, mark, _ = value.partition("#")
    return value if kind == "KEY" else kind + mark


def table_calls(name, parameters):
    if name == "TransactWriteItems":
        made = []
        for item in parameters["TransactItems"]:
            for part, detail in item.items():
                made += table_calls(TRANSACTED[part].split(":")[1], detail)
        return made
    if name == "BatchGetItem":
        return [
            call("dynamodb:BatchGetItem", table_arn(table), [prefix(key["pk"]) for key in wanted["Keys"]])
            for table, wanted in parameters["RequestItems"].items()
        ]
    resource = table_arn(parameters["TableName"])
    if parameters.get("IndexName"):
        return [call(f"dynamodb:{name}", f"{resource}/index/{parameters['IndexName']}")]
    item = parameters.get("Key") or parameters.get("Item")
    if item:
        return [call(f"dynamodb:{name}", resource, [prefix(item["pk"])])]
    condition = re.search(r"pk = (:\w+)", parameters.get("KeyConditionExpression", ""))
    keys = [prefix(parameters["ExpressionAttributeValues"][condition.group(1)])] if condition else []
    return [call(f"dynamodb:{name}", resource, keys)]


def bucket_calls(name, resources):
    names = {resource["ResourceType"]: resource["ResourceName"] for resource in resources}
    bucket, key = names.get("AWS::S3::Bucket"), names.get("AWS::S3::Object")
    action = {"HeadObject": "GetObject", "ListObjects": "ListBucket", "ListObjectsV2": "ListBucket"}.get(name, name)
    if key is None:
        return [call(f"s3:{action}", f"arn:aws:s3:::{bucket}")]
    # A part of a large file, its beginning and its end are all of them puts.
    action = action if action in ("GetObject", "DeleteObject") else "PutObject"
    return [call(f"s3:{action}", f"arn:aws:s3:::{bucket}/{key.split('/')[0]}/…")]
