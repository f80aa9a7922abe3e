"""The account from inside: what its owner sees of the stack, by the same calls as in AWS."""

import json
import os
import re
import urllib.request

import boto3

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
SENDER = "helpdesk@lambdesk.example"


def client(service):
    return boto3.client(service, endpoint_url=ENDPOINT)


class Stack:
    """A deployed stack, its resources by their logical ids."""

    def __init__(self, name):
        self.name = name
        self.cloudformation = client("cloudformation")
        self.dynamodb = client("dynamodb")
        self.functions = client("lambda")
        self.sqs = client("sqs")
        self.s3 = client("s3")
        self.refresh()

    def refresh(self):
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        self.ids = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    def output(self, key):
        outputs = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]["Outputs"]
        return next(output["OutputValue"] for output in outputs if output["OutputKey"] == key)

    def invoke(self, function, payload):
        """Calls a function past its event sources, as an operator does for a replay."""
        answer = self.functions.invoke(FunctionName=self.ids[function], Payload=json.dumps(payload).encode())
        body = json.loads(answer["Payload"].read() or b"null")
        return answer.get("FunctionError"), body

    def queue(self, logical_id):
        return self.sqs.get_queue_url(QueueName=self.ids[logical_id].rsplit("/", 1)[-1])["QueueUrl"]

    def say(self, queue, body):
        self.sqs.send_message(QueueUrl=self.queue(queue), MessageBody=body)

    def hears_again_after(self, queue, seconds):
        """How long a message that failed stays hidden."""
        self.sqs.set_queue_attributes(QueueUrl=self.queue(queue), Attributes={"VisibilityTimeout": str(seconds)})

    def waiting(self, queue):
        """The messages of a queue that nobody has taken."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.queue(queue), AttributeNames=names)["Attributes"]
        return sum(int(attributes.get(name, 0)) for name in names)

    def taken_from(self, queue):
        """Takes every message of a queue, as a redrive does."""
        url = self.queue(queue)
        bodies = []
        while True:
            messages = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not messages:
                return bodies
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def lets(self, role, action, name):
        """Allows a role one action more."""
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        client("iam").put_role_policy(RoleName=self.ids[role], PolicyName=name, PolicyDocument=policy)

    def mapping(self, logical_id, enabled):
        self.functions.update_event_source_mapping(UUID=self.ids[logical_id], Enabled=enabled)

    def objects(self, bucket):
        listed = self.s3.list_objects_v2(Bucket=self.ids[bucket]).get("Contents", [])
        return {entry["Key"]: self.s3.get_object(Bucket=self.ids[bucket], Key=entry["Key"])["Body"].read() for entry in listed}


def mails_to(address):
    """What SES took for an address, oldest first: subject and text."""
    with urllib.request.urlopen(f"{ENDPOINT}/_ministack/ses/messages") as answer:
        accounts = json.load(answer)["messages"]
    sent = [message for messages in accounts.values() for message in messages if address in message["To"]]
    assert all(message["Source"] == SENDER for message in sent), sent
    return [{"subject": message["Subject"], "text": message["BodyText"]} for message in sent]


def link_in(mail):
    return re.search(r"https?://\S+/l/[\w-]+", mail["text"]).group(0)
