"""A mapping of the table's stream to a function, as Lambda runs it.

The stand-in's own mapping knows neither partial failures nor bisecting, bounded retries or a bucket for what failed, so
the part of the rehearsal that is about those plays Lambda: it reads the stream, calls the deployed function with the
batches and tries that the deployed mapping says, and puts what failed too often where the mapping says.
"""

import json

from account import client


class Mapping:
    """One reader of the stream."""

    def __init__(self, stack, logical_id, function):
        self.stack = stack
        self.function = function
        self.settings = stack.functions.get_event_source_mapping(UUID=stack.ids[logical_id])
        self.failures = self.settings["DestinationConfig"]["OnFailure"]["Destination"].rsplit(":", 1)[-1]
        self.tries = self.settings["MaximumRetryAttempts"] + 1
        assert self.settings["BisectBatchOnFunctionError"], "a batch that fails is to be split"
        self.streams = client("dynamodbstreams")

    def read(self, after):
        """The records behind a place in the stream that the mapping's filter lets through, oldest first."""
        arn = self.settings["EventSourceArn"]
        shards = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        records = []
        for shard in shards:
            iterator = self.streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                page = self.streams.get_records(ShardIterator=iterator, Limit=1000)
                records += page["Records"]
                iterator = page.get("NextShardIterator") if page["Records"] else None
        records.sort(key=lambda record: int(record["dynamodb"]["SequenceNumber"]))
        wanted = [r for r in records if r["eventName"] == "INSERT" and "type" in r["dynamodb"].get("NewImage", {})]
        return [self.record(r) for r in wanted if int(r["dynamodb"]["SequenceNumber"]) > after]

    def record(self, record):
        moment = record["dynamodb"].get("ApproximateCreationDateTime")
        record["dynamodb"]["ApproximateCreationDateTime"] = moment.timestamp() if moment else 0
        return {**record, "eventSource": "aws:dynamodb", "eventSourceARN": self.settings["EventSourceArn"]}

    def deliver(self, records, tries=None):
        """Delivers a batch; answers how many records were put aside."""
        for _ in range(tries or self.tries):
            error, answer = self.stack.invoke(self.function, {"Records": records})
            failed = [] if error else [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
            if not error and not failed:
                return 0
            if not error:
                # What stands before the first that failed is done.
                first = next(n for n, r in enumerate(records) if r["dynamodb"]["SequenceNumber"] in failed)
                if first > 0:
                    return self.deliver(records[first:])
            if len(records) > 1:
                half = len(records) // 2
                return self.deliver(records[:half]) + self.deliver(records[half:])
        key = f"aws/lambda/{self.settings['UUID']}/{records[0]['dynamodb']['SequenceNumber']}"
        body = json.dumps({"payload": {"Records": records}}, default=str)
        self.stack.s3.put_object(Bucket=self.failures, Key=key, Body=body.encode())
        return len(records)
