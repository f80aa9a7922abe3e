"""The story of the README in a new account, from the first password to the tear-down, and what can befall a desk there.

Called by `run`, when the stack stands. Each step prints its name and how long it took; the first that goes wrong ends
it.
"""

import base64
import hashlib
import json
import os
import sys
import time
import urllib.parse
import uuid

import privileges
from account import ENDPOINT, Stack, client, link_in, mails_to
from desk import Person, send, until
from stream import Mapping

ADMIN = "admin@lambdesk.example"
RITA = "rita@acme.example"
PASSWORD = "correct horse battery staple"
FUNCTIONS = ["Identity", "Catalog", "Intake", "Dispatch", "Messaging", "Attachments", "Query", "Relay", "Sla", "Notify", "Portal"]

# A picture of one red pixel, with a comment in it that says where it was taken.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAAFXRFWHRDb21tZW50AFRha2VuIGF0"
    "IGhvbWXFHVH8AAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC"
)


class Rehearsal:
    def __init__(self):
        self.stack = Stack("lambdesk-rehearsal")
        self.url = self.stack.output("ApiUrl")
        self.nobody = Person(self.url)

    # What the stand-in cannot do is done for it: it speaks no TLS, knows no condition about senders, takes a batch of
    # messages for an action of its own, and writes no time into the input of a schedule. Whether mails have the one
    # sender, and messages their queue, is looked at with the other privileges.
    def what_the_stand_in_lacks(self):
        for bucket in ("Bucket", "FailureBucket"):
            policy = self.stack.s3.get_bucket_policy(Bucket=self.stack.ids[bucket])["Policy"]
            assert "aws:SecureTransport" in policy, policy
            self.stack.s3.delete_bucket_policy(Bucket=self.stack.ids[bucket])
        for role, action in (("NotifyRole", "ses:SendEmail"), ("SlaRole", "sqs:SendMessageBatch")):
            self.stack.lets(role, action, privileges.OF_THE_STAND_IN)
        scheduler = client("scheduler")
        name = self.stack.ids["Tick"].rsplit("/", 1)[-1]
        tick = scheduler.get_schedule(Name=name)
        assert tick["ScheduleExpression"] == "rate(1 minute)", tick
        self.tick = json.dumps(json.loads(tick["Target"]["Input"]))
        kept = ("Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
        scheduler.update_schedule(State="DISABLED", **{key: tick[key] for key in kept if key in tick})

    def ticks(self):
        minute = time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime())
        if minute != getattr(self, "ticked", None):
            self.ticked = minute
            self.stack.say("SlaQueue", self.tick.replace("<aws.scheduler.scheduled-time>", minute))

    # SES sends in the name of a domain that it knows, to anybody once it is out of its sandbox.
    def a_sender(self):
        ses = client("sesv2")
        ses.create_email_identity(EmailIdentity="lambdesk.example")
        assert ses.get_email_identity(EmailIdentity="lambdesk.example")["VerifiedForSendingStatus"]
        assert ses.get_account()["ProductionAccessEnabled"]

    # Nobody has an account yet, and there is no default password.
    def the_first_admin(self):
        health = self.nobody.call("GET", "/v1/health").expect(200)
        assert health.json == {"status": "ok"}, health.text
        assert self.nobody.call("GET", "/v1/tickets").status == 401
        assert self.nobody.call("GET", "/v2/nothing").status == 404
        self.admin = self.gets_a_password(ADMIN)
        assert self.admin.get("/v1/users/me").json["user"]["role"] == "admin"
        # Whoever asks for somebody else's address gets the same answer, and no mail.
        self.nobody.post("/v1/password_resets", {"email": "mallory@evil.example"}).expect(202)

    def gets_a_password(self, address):
        before = len(mails_to(address))
        self.nobody.post("/v1/password_resets", {"email": address}).expect(202)
        mail = until("the mail with the link", lambda: mails_to(address)[before:])[0]
        link = link_in(mail)
        assert link.startswith(self.url), link
        page = send("GET", link).expect(200)
        assert "<form" in page.text, page.text[:300]
        form = urllib.parse.urlencode({"password": PASSWORD})
        send("POST", link, {"content-type": "application/x-www-form-urlencoded"}, form).expect(200)
        # The link is spent.
        send("GET", link).expect(404)
        return self.nobody.signs_in(address, PASSWORD)

    # A desk is made of a group, a service with its owner, and a promise.
    def a_catalog(self):
        admin = self.admin
        me = admin.get("/v1/users/me").json["user"]["id"]

        def made(path, kind, body):
            return admin.post(path, body).expect(201).json[kind]["id"]

        self.group = made("/v1/groups", "group", {"name": "Network", "line": 1})
        admin.post(f"/v1/groups/{self.group}/members", {"user_id": me}).expect(200)
        week = {day: [{"from": "00:00", "to": "24:00"}] for day in
                ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
        hours = made("/v1/business_hours", "business_hours", {"name": "Always", "time_zone": "Europe/Prague", "week": week})
        promise = {p: {"value": 200, "unit": "seconds"} for p in ("low", "normal", "high", "urgent")}
        self.policy = made("/v1/sla_policies", "sla_policy", {
            "name": "Minutes", "business_hours_id": hours, "targets": {"resolution": promise}, "warn_at": [50],
            "escalation": {"raise_priority": True}})
        self.service = made("/v1/services", "service", {
            "name": "Network", "group_id": self.group, "sla_policy_id": self.policy, "confirmation": "asked",
            "file_types": ["png", "txt"]})
        self.category = made("/v1/categories", "category", {
            "service_id": self.service, "name": "Outage", "description": "Nothing connects."})
        version = admin.call("GET", f"/v1/services/{self.service}/owners").expect(200).headers["etag"]
        admin.call("PUT", f"/v1/services/{self.service}/owners", {"owners": [me]}, {"if-match": version}).expect(200)
        unwanted = admin.post("/v1/groups", {"name": "Nobody"}).expect(201)
        path = f"/v1/groups/{unwanted.json['group']['id']}"
        admin.call("DELETE", path, None, {"if-match": unwanted.headers["etag"]}).expect(204)

    # Rita calls, so an agent types her ticket in; she proves her address and has an account.
    def a_requester(self):
        wish = {"subject": "My phone is mute", "description": "Since noon.", "service_id": self.service,
                "on_behalf_of": {"name": "Rita Requester", "email": RITA}}
        ticket = self.admin.post("/v1/tickets", wish).expect(201).json["ticket"]
        assert ticket["requester"]["name"] == "Rita Requester"
        until("the acknowledgement", lambda: mails_to(RITA))
        self.rita = self.gets_a_password(RITA)
        assert self.rita.get("/v1/users/me").json["user"]["role"] == "requester"
        self.rita.post("/v1/groups", {"name": "Mine"}).expect(403)

    # One ticket, from intake to closed.
    def a_ticket(self):
        rita, admin = self.rita, self.admin
        submission = f"walk-{uuid.uuid4()}"
        files = [("lamp.png", "image/png", PICTURE)]
        files += [(f"{name}.txt", "text/plain", f"This is about the {name}.\n".encode()) for name in ("lamp", "socket", "switch", "cable")]
        uploads = [self.upload(rita, submission, *file) for file in files]
        sixth = self.reserve(rita, submission, "desk.txt", "text/plain", b"One too many.")
        assert (sixth.status, sixth.json["code"]) == (409, "too_many_files"), sixth.text
        wish = {"subject": "No network in room 12", "description": "Since this morning nothing connects.",
                "service_id": self.service, "category_id": self.category, "kind": "incident", "attachments": uploads}
        key = {"idempotency-key": submission}
        first = rita.post("/v1/tickets", wish, key).expect(201)
        again = rita.post("/v1/tickets", wish, key).expect(201)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["location"] == first.headers["location"]
        self.number = number = first.json["ticket"]["number"]
        until("an owner", lambda: rita.ticket(number)["assignee"])
        mail = until("the acknowledgement", lambda: [m for m in mails_to(RITA) if number in m["subject"]])[0]
        page = send("GET", link_in(mail)).expect(200)
        assert "No network in room 12" in page.text
        assert number in [row["number"] for row in admin.get("/v1/tickets?assignee_id=me").json["tickets"]]
        for anchor in ("requester_id=me", f"group_id={self.group}", f"created_in={time.strftime('%Y-%m', time.gmtime())}"):
            admin.get(f"/v1/tickets?{anchor}")
        admin.get("/v1/tickets?organization_id=org_nobody")
        admin.get("/v1/queues")
        rita.call("GET", "/v1/tickets/0000-0000").expect(404)
        admin.does("claim", number).expect(200)
        self.download(admin, number)
        admin.does("comments", number, {"body": "Which socket is it?"}).expect(201)
        said = rita.does("comments", number, {"body": "Number 8, by the window."}).expect(201)
        path = f"/v1/tickets/{number}/comments/{said.json['comment']['id']}"
        rita.call("PATCH", path, {"body": "Number 7, by the window."}, {"if-match": said.headers["etag"]}).expect(200)
        admin.does("comments", number, {"body": "He means the left one.", "public": False}).expect(201)
        admin.does("resolve", number, {"solution": "The socket was dead. It is replaced."}).expect(200)
        closed = rita.does("confirm", number, {"satisfaction": 5, "comment": "Quick!"}).expect(200).json["ticket"]
        assert (closed["status"], closed["satisfaction"]["score"]) == ("closed", 5)
        refused = rita.does("comments", number, {"body": "One more thing"}).expect(409).json
        assert refused["allowed_actions"] == [], refused
        told = admin.events(number)
        assert told[0] == "TicketOpened" and "TicketDispatched" in told and told[-1] == "TicketConfirmed", told
        until("the mails of the opening, the claim, the answer and the solution",
              lambda: [m for m in mails_to(RITA) if number in m["subject"]][3:])
        self.rita.call("DELETE", "/v1/sessions/current").expect(204)
        self.rita.call("GET", "/v1/users/me").expect(401)
        self.rita = self.nobody.signs_in(RITA, PASSWORD)

    def reserve(self, person, submission, name, kind, content):
        return person.post("/v1/uploads", {
            "submission": submission, "service_id": self.service, "file_name": name, "content_type": kind, "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest()})

    def upload(self, person, submission, name, kind, content):
        slot = self.reserve(person, submission, name, kind, content).expect(201).json["upload"]
        send("PUT", slot["url"], slot["headers"], content).expect(200)
        state = lambda: person.post(f"/v1/uploads/{slot['id']}/complete", {}).expect(200).json["upload"]["state"] == "accepted"
        until(f"{name} to be accepted", state)
        return slot["id"]

    def download(self, person, number):
        files = {file["file_name"]: file for file in person.ticket(number)["attachments"]}
        picture = person.get(f"/v1/attachments/{files['lamp.png']['id']}").json
        delivered = send("GET", picture["url"]).expect(200)
        assert 0 < len(delivered.body) < len(PICTURE), "what the picture said beside its pixels is gone"
        assert "attachment" in delivered.headers["content-disposition"]

    # The promise is 200 seconds: too far for relay, so the tick has to find it.
    def a_promise_is_begun(self):
        wish = {"subject": "The printer is slow", "description": "Very.", "service_id": self.service}
        self.promised = self.rita.post("/v1/tickets", wish).expect(201).json["ticket"]["number"]
        self.planned = self.rita.post("/v1/tickets", wish).expect(201).json["ticket"]["number"]
        until("an owner", lambda: self.rita.ticket(self.planned)["assignee"])
        self.admin.does("claim", self.planned).expect(200)
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 20))
        self.admin.does("schedule", self.planned, {"until": soon, "reason": "The part comes."}).expect(200)
        until("the planned ticket to wake", lambda: self.admin.ticket(self.planned)["status"] == "open", 60)

    def a_promise_is_missed(self):
        until("the breach", lambda: self.ticks() or "TargetBreached" in self.admin.events(self.promised), 330, 1)
        clock = self.admin.get(f"/v1/tickets/{self.promised}/slas").json["slas"][0]
        assert clock["state"] == "breached", clock
        until("the mail of the breach", lambda: [m for m in mails_to(ADMIN) if self.promised in m["subject"]])
        applied = self.admin.post(f"/v1/sla_policies/{self.policy}/apply", {})
        applied.expect(202)

    # One poisonous message fails alone, and ends in the dead-letter queue; from there it can be sent back.
    def a_poisonous_message(self):
        stack = self.stack
        stack.hears_again_after("NotifyQueue", 1)
        wish = {"subject": "A neighbour", "description": "Beside the poison.", "service_id": self.service}
        stack.mapping("NotifyMapping", False)
        number = self.rita.post("/v1/tickets", wish).expect(201).json["ticket"]["number"]
        until("its messages", lambda: stack.waiting("NotifyQueue") > 0)
        stack.say("NotifyQueue", "this is no message")
        stack.mapping("NotifyMapping", True)
        until("the neighbour's mail", lambda: [m for m in mails_to(RITA) if number in m["subject"]])
        until("the poison in the dead-letter queue", lambda: stack.waiting("DeadLetterQueue") == 1, 90)
        until("an empty queue", lambda: stack.waiting("NotifyQueue") == 0, 90)
        # Redrive: what was in the way is mended, here the message itself; each goes back where it came from.
        [poison] = stack.taken_from("DeadLetterQueue")
        assert poison == "this is no message"
        seq = 1
        mails = len(mails_to(RITA))
        stack.say("NotifyQueue", json.dumps({"ticket": number, "seq": seq}))
        until("the redriven message to be handled", lambda: stack.waiting("NotifyQueue") == 0)
        time.sleep(1)
        assert len(mails_to(RITA)) == mails, "what was told before is not told again"
        stack.hears_again_after("NotifyQueue", 150)

    # One record of the stream cannot be read: it alone is put aside, and a replay finds what the gap swallowed.
    def a_poisonous_record(self):
        stack = self.stack
        relay = Mapping(stack, "RelayStream", "Relay")
        place = max([0, *(int(r["dynamodb"]["SequenceNumber"]) for r in relay.read(0))])
        began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
        stack.mapping("RelayStream", False)
        wish = {"description": "Around the poison.", "service_id": self.service}
        before = self.rita.post("/v1/tickets", {**wish, "subject": "Before"}).expect(201).json["ticket"]["number"]
        poison = {"pk": {"S": "TICKET#" + before.replace("-", "")}, "sk": {"S": "E#0000009999"},
                  "type": {"S": "TicketOpened"}, "v": {"N": "999"}, "seq": {"N": "9999"}, "at": {"S": began}}
        stack.dynamodb.put_item(TableName=stack.ids["Table"], Item=poison)
        after = self.rita.post("/v1/tickets", {**wish, "subject": "After"}).expect(201).json["ticket"]["number"]
        assert not [m for m in mails_to(RITA) if before in m["subject"] or after in m["subject"]]
        records = until("the records", lambda: (found := relay.read(place)) and len(found) >= 3 and found)
        assert relay.deliver(records) == 1, "the poison alone is put aside"
        until("the mails of both neighbours", lambda: all(
            [m for m in mails_to(RITA) if number in m["subject"]] for number in (before, after)))
        [aside] = stack.objects("FailureBucket").values()
        assert "E#0000009999" in aside.decode(), "what is put aside is whole"
        until("the word that something was put aside", lambda: stack.waiting("DeadLetterQueue") == 1)
        stack.taken_from("DeadLetterQueue")
        # The gap: what the mapping did not see while it was off. Then what could not be read is mended, and all of the
        # span is replayed.
        lost = self.rita.post("/v1/tickets", {**wish, "subject": "In the gap"}).expect(201).json["ticket"]["number"]
        stack.dynamodb.delete_item(TableName=stack.ids["Table"], Key={"pk": poison["pk"], "sk": poison["sk"]})
        mails = len(mails_to(RITA))
        ended = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
        for function in ("Relay", "Dispatch"):
            error, answer = stack.invoke(function, {"replay": {"from": began, "to": ended}})
            assert error is None and answer["left"] is None and answer["failed"] == 0, (error, answer)
            assert answer["replayed"] >= 3, answer
        until("the mail from the gap", lambda: [m for m in mails_to(RITA) if lost in m["subject"]])
        time.sleep(2)
        doubled = [m["subject"] for m in mails_to(RITA) if before in m["subject"] or after in m["subject"]]
        assert len(doubled) == len(set(doubled)) == 2, doubled
        assert len(mails_to(RITA)) == mails + 1
        # The stand-in hands all of it over once more, and takes it for done whatever relay says: what comes in one batch with
        # the poison is never told here, as it would be in the cloud.
        stack.mapping("RelayStream", True)
        until("the stream to be read", lambda: self.is_told_of({**wish, "subject": "Is anybody there?"}))

    def is_told_of(self, wish):
        number = self.rita.post("/v1/tickets", wish).expect(201).json["ticket"]["number"]
        for _ in range(20):
            time.sleep(0.5)
            if [m for m in mails_to(RITA) if number in m["subject"]]:
                return True
        return False

    # While SES takes nothing, mail waits on the queue; what has gone out is not sent again.
    def a_carrier_that_rests(self):
        client("iam").delete_role_policy(RoleName=self.stack.ids["NotifyRole"], PolicyName=privileges.OF_THE_STAND_IN)
        wish = {"subject": "Patience", "description": "It is a virtue.", "service_id": self.service}
        self.left = number = self.rita.post("/v1/tickets", wish).expect(201).json["ticket"]["number"]
        told = lambda: self.admin.get(f"/v1/tickets/{number}/notifications").json["notifications"]
        until("a mail that is held", lambda: [one for one in told() if one["state"] == "held"])
        self.stack.lets("NotifyRole", "ses:SendEmail", privileges.OF_THE_STAND_IN)
        until("the mail", lambda: [m for m in mails_to(RITA) if number in m["subject"]], 90)
        until("all to be sent", lambda: all(one["state"] == "sent" for one in told()), 90)
        assert len([m for m in mails_to(RITA) if number in m["subject"]]) == 1

    # Whoever leaves the desk is still named beside what they wrote.
    def an_agent_who_leaves(self):
        admin, number = self.admin, self.left
        me = admin.get("/v1/users/me").json["user"]["id"]
        admin.does("comments", number, {"body": "Somebody else will help you."}).expect(201)
        mail = until("the answer", lambda: [m for m in mails_to(RITA) if number in m["subject"]][1:])[0]
        admin.does("assign", number, {"group_id": self.group}).expect(200)
        version = admin.call("GET", f"/v1/services/{self.service}/owners").expect(200).headers["etag"]
        admin.call("PUT", f"/v1/services/{self.service}/owners", {"owners": []}, {"if-match": version}).expect(200)
        admin.call("DELETE", f"/v1/groups/{self.group}/members/{me}").expect(204)
        page = send("GET", link_in(mail)).expect(200)
        assert "Somebody else will help you." in page.text

    # What SES says of a mail reaches the desk, and nobody else can say it. The stand-in's SES says nothing, so the event is
    # held against the rule, and what the rule makes of it is put where the rule puts it.
    def a_mail_bounces(self):
        listed = lambda: self.admin.get(f"/v1/tickets/{self.number}/notifications").json["notifications"]
        sent = next(one for one in listed() if one["state"] == "sent" and one["person"]["name"] == "Rita Requester")
        item = next(
            item for item in self.stack.dynamodb.query(
                TableName=self.stack.ids["Table"], KeyConditionExpression="pk = :pk AND begins_with(sk, :n)",
                ExpressionAttributeValues={":pk": {"S": "TICKET#" + self.number.replace("-", "")},
                                           ":n": {"S": f"N#{sent['seq']:010}#{sent['person']['id']}"}})["Items"])
        tags = {"ticket": [self.number], "seq": [str(sent["seq"])], "person": [sent["person"]["id"]], "channel": ["email"],
                "ses:configuration-set": [self.stack.ids["MailSet"]]}
        detail = {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": RITA}]},
                  "mail": {"messageId": item["message_id"]["S"], "tags": tags, "destination": [RITA]}}
        events = client("events")
        entry = {"Source": "aws.ses", "DetailType": "Email Bounced", "Detail": json.dumps(detail)}
        assert events.put_events(Entries=[entry])["FailedEntryCount"] == 1, "nobody speaks for SES"
        rule = self.stack.ids["MailRule"].rsplit("|", 1)[-1].rsplit("/", 1)[-1]
        event = {"id": "1", "account": "000000000000", "source": "aws.ses", "time": "2026-01-01T00:00:00Z",
                 "region": "us-east-1", "resources": [], "detail-type": "Email Bounced", "detail": detail}
        pattern = events.describe_rule(Name=rule)["EventPattern"]
        assert events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
        [target] = events.list_targets_by_rule(Rule=rule)["Targets"]
        assert target["InputTransformer"]["InputTemplate"] == '{"carrier": <detail>}', target
        self.stack.say("NotifyQueue", json.dumps({"carrier": detail}))
        until("the bounce on the ticket", lambda: [
            one for one in listed() if one["seq"] == sent["seq"] and one["state"] == "failed" and one["person"] == sent["person"]])

    # Deploying again is how a desk is upgraded, and deploying what was there before is how it goes back.
    def an_upgrade_and_the_way_back(self):
        numbers = {row["number"] for row in self.rita.get("/v1/tickets?requester_id=me&limit=100").json["tickets"]}
        for zone in ("Europe/Prague", "UTC"):
            self.deploy(f"TickZone={zone}")
            seen = {row["number"] for row in self.rita.get("/v1/tickets?requester_id=me&limit=100").json["tickets"]}
            assert seen == numbers, "every ticket is where it was"

    def deploy(self, override):
        overrides = f"Stage=rehearsal Architecture=x86_64 EndpointUrl={ENDPOINT} SenderAddress=helpdesk@lambdesk.example AdminAddress={ADMIN} {override}"
        status = os.system(f"sam deploy --config-env rehearsal --parameter-overrides '{overrides}' > /dev/null 2>&1")
        assert status == 0, f"sam deploy with {override}: {status}"
        self.stack.refresh()

    # A table of another time stands beside the one in use: everything is in it.
    def a_restore(self):
        dynamodb, source = self.stack.dynamodb, self.stack.ids["Table"]
        # The stand-in does not hear this from the template.
        dynamodb.update_continuous_backups(
            TableName=source, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=source, TargetTableName=f"{source}-restored", UseLatestRestorableTime=True)
        dynamodb.get_waiter("table_exists").wait(TableName=f"{source}-restored", WaiterConfig={"Delay": 1})
        key = {"pk": {"S": "TICKET#" + self.number.replace("-", "")}, "sk": {"S": "#"}}
        restored = dynamodb.get_item(TableName=f"{source}-restored", Key=key)["Item"]
        assert restored == dynamodb.get_item(TableName=source, Key=key)["Item"]

    # What was accepted and never attached is cleared away days later, by the call of a schedule.
    def a_file_nobody_attached(self):
        self.upload(self.rita, "forgotten", "forgotten.txt", "text/plain", b"Nobody will miss me.")
        before = len([key for key in self.stack.objects("Bucket") if key.startswith("files/")])
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4 * 24 * 3600))
        error, _ = self.stack.invoke("Attachments", {"sweep": {"at": later}})
        assert error is None, error
        after = len([key for key in self.stack.objects("Bucket") if key.startswith("files/")])
        assert after == before - 1, f"{after} of {before} files are left"

    def least_privilege(self):
        assert privileges.compare(self.stack, FUNCTIONS) == 0, "the policies do not fit"

    # Whatever was logged so far, nobody is named in it.
    def the_logs(self):
        logs = client("logs")
        lines = 0
        for function in FUNCTIONS:
            group = f"/lambdesk/lambdesk-rehearsal/{function.lower()}"
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
                for event in page["events"]:
                    lines += 1
                    for secret in (ADMIN, RITA, PASSWORD, "Rita", "socket", self.rita.token, self.admin.token):
                        assert secret not in event["message"], f"{function}: {event['message']}"
        assert lines > 100, lines

    # The stack goes, what people wrote stays.
    def the_tear_down(self):
        table, bucket = self.stack.ids["Table"], self.stack.ids["Bucket"]
        status = os.system("sam delete --config-env rehearsal --stack-name lambdesk-rehearsal --no-prompts > /dev/null 2>&1")
        assert status == 0, status
        assert client("dynamodb").describe_table(TableName=table)["Table"]["TableName"] == table
        assert client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] > 0


STEPS = [
    "what_the_stand_in_lacks", "a_sender",
    "the_first_admin", "a_catalog", "a_requester", "a_ticket", "a_promise_is_begun", "a_poisonous_message",
    "a_poisonous_record", "a_carrier_that_rests", "a_promise_is_missed", "an_agent_who_leaves", "a_mail_bounces", "an_upgrade_and_the_way_back", "a_restore",
    "a_file_nobody_attached", "the_logs", "least_privilege", "the_tear_down",
]


def main():
    rehearsal = Rehearsal()
    for step in sys.argv[1:] or STEPS:
        began = time.monotonic()
        print(f"{step.replace('_', ' ')} …", flush=True)
        getattr(rehearsal, step)()
        print(f"  {time.monotonic() - began:.1f} s", flush=True)
    print("the rehearsal went well")


if __name__ == "__main__":
    main()
