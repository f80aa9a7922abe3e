//! A small template read whole, and refusals with their lines.

mod deployed;

use super::*;

/// The smallest template that has one of everything.
const SMALL: &str = r#"AWSTemplateFormatVersion: '2010-09-09'

Parameters:
  PublicUrl:
    Type: String
    Default: ''
  Origins:
    Type: CommaDelimitedList
    Default: http://localhost:5173, http://localhost:3000

Conditions:
  HasPublicUrl: !Not [!Equals [!Ref PublicUrl, '']]
  IsNowhere: !Equals [!Ref PublicUrl, nowhere]

Globals:
  Function:
    Timeout: 25
    Environment:
      Variables:
        TABLE_NAME: !Ref Table

Resources:
  Intake:
    Type: AWS::Serverless::Function
  MailIn:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 7
      Environment:
        Variables:
          QUEUE_URL: !Ref Mails
          PUBLIC_URL: !If [HasPublicUrl, !Ref PublicUrl, !GetAtt Api.ApiEndpoint]

  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      ProtocolType: HTTP
      CorsConfiguration:
        AllowOrigins: !Ref Origins
        AllowMethods: [GET, POST]
        AllowHeaders: [authorization]
        ExposeHeaders: [etag]
        MaxAge: 600
  ToIntake:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Intake.Arn
      PayloadFormatVersion: '2.0'
  ToMailIn:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Api
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt MailIn.Arn
      PayloadFormatVersion: '2.0'
  RouteTicketOpen:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: 'POST /v1/tickets', Target: !Sub 'integrations/${ToIntake}'}
  RouteFallback:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: '$default', Target: !Sub 'integrations/${ToMailIn}'}

  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
      StreamSpecification: {StreamViewType: NEW_IMAGE}
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      AttributeDefinitions:
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: by_month, AttributeType: S}
      GlobalSecondaryIndexes:
        - IndexName: by_month
          KeySchema: [{AttributeName: by_month, KeyType: HASH}]
          Projection: {ProjectionType: KEYS_ONLY}

  TicketStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Intake
      EventSourceArn: !GetAtt Table.StreamArn
      StartingPosition: TRIM_HORIZON
      BatchSize: 25
      BisectBatchOnFunctionError: true
      MaximumRetryAttempts: 10
      FunctionResponseTypes: [ReportBatchItemFailures]
      FilterCriteria:
        Filters:
          - Pattern: '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"type":{"S":[{"prefix":"Ticket"}]}}}}'
      DestinationConfig:
        OnFailure: {Destination: !GetAtt Failures.Arn}
  MailMapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !GetAtt MailIn.Arn
      EventSourceArn: !GetAtt Mails.Arn
      BatchSize: 10
      FunctionResponseTypes: [ReportBatchItemFailures]

  Mails:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 42
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Lost.Arn, maxReceiveCount: 5}
  Lost:
    Type: AWS::SQS::Queue
  Failures:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub 'desk-${AWS::AccountId}'
      OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerEnforced}]}
      CorsConfiguration:
        CorsRules:
          - AllowedOrigins: !Ref Origins
            AllowedMethods: [PUT]
            AllowedHeaders: [content-type]
            ExposedHeaders: [etag]
            MaxAge: 60
      LifecycleConfiguration:
        Rules:
          - {Id: old, Status: Enabled, Prefix: raw/, ExpirationInDays: 3}
          - {Id: parts, Status: Enabled, AbortIncompleteMultipartUpload: {DaysAfterInitiation: 2}}
      NotificationConfiguration:
        EventBridgeConfiguration: {EventBridgeEnabled: true}
        LambdaConfigurations:
          - Event: 's3:ObjectCreated:*'
            Filter: {S3Key: {Rules: [{Name: prefix, Value: raw/}]}}
            Function: !GetAtt MailIn.Arn
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(2 hours)
      FlexibleTimeWindow: {Mode: 'OFF'}
      Target:
        Arn: !GetAtt MailIn.Arn
        RoleArn: somebody
        Input: '{"at":"<aws.scheduler.scheduled-time>"}'
  Often:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: cron(0/5 * ? * MON-FRI *)
      ScheduleExpressionTimezone: Europe/Prague
      FlexibleTimeWindow: {Mode: 'OFF'}
      Target:
        Arn: !GetAtt Mails.Arn
        RoleArn: somebody
        Input: '{"wake":true}'
  Never:
    Type: AWS::Scheduler::Schedule
    Condition: IsNowhere
    Properties:
      ScheduleExpression: never
  Alarms:
    Type: AWS::SNS::Topic
    Condition: IsNowhere
"#;

fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn small() -> Template {
    Template::parse(SMALL, &BTreeMap::new()).unwrap()
}

fn refusal(from: &str, to: &str) -> TemplateError {
    assert_eq!(SMALL.matches(from).count(), 1, "`{from}` must stand once in the small template");
    Template::parse(&SMALL.replace(from, to), &BTreeMap::new()).unwrap_err()
}

fn line_of(part: &str) -> usize {
    1 + SMALL.lines().position(|line| line.contains(part)).unwrap()
}

fn said(template: &Template) -> Vec<String> {
    let said = |route: &Route| format!("{} {} {}", route.function, route.method, route.path);
    template.routes.iter().map(said).collect()
}

#[test]
fn a_small_template_is_read_whole() {
    let template = small();
    let names: Vec<&str> = template.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["intake", "mail_in"]);
    assert_eq!(said(&template), ["intake POST /v1/tickets"]);
    assert_eq!(template.fallback, "mail_in");
    assert_eq!(template.cors.origins, ["http://localhost:5173", "http://localhost:3000"]);
    assert_eq!(template.cors.max_age_seconds, 600);
    assert_eq!(template.ttl_attribute, "expires_at");
    assert_eq!(template.queues.len(), 2);
    assert_eq!(template.queues[0].dead_letter, Some(("Lost".to_owned(), 5)));
    assert_eq!(template.streams[0].retries, 10);
    let mapping = &template.queue_mappings[0];
    assert_eq!((mapping.function.as_str(), mapping.queue.as_str(), mapping.batch_size), ("mail_in", "Mails", 10));
}

#[test]
fn a_function_adds_to_what_all_have() {
    let functions = small().functions;
    assert_eq!((functions[0].timeout_seconds, functions[1].timeout_seconds), (25, 7));
    assert_eq!(functions[0].environment, given(&[("TABLE_NAME", "Table")]));
    let more = [("TABLE_NAME", "Table"), ("QUEUE_URL", "Mails"), ("PUBLIC_URL", "Api.ApiEndpoint")];
    assert_eq!(functions[1].environment, given(&more));
}

#[test]
fn a_parameter_decides_a_condition() {
    let template = Template::parse(SMALL, &given(&[("PublicUrl", "http://127.0.0.1:8080")])).unwrap();
    assert_eq!(template.functions[1].environment["PUBLIC_URL"], "http://127.0.0.1:8080");
}

#[test]
fn the_table_is_what_creates_it() {
    let expected = serde_json::json!({
        "TableName": "Table",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "by_month", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by_month",
            "KeySchema": [{"AttributeName": "by_month", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
    });
    assert_eq!(small().table, expected);
}

#[test]
fn a_bucket_says_who_may_use_it_what_expires_and_who_is_told() {
    let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let expected = Bucket {
        logical_id: "Failures".to_owned(),
        name: "desk-123456789012".to_owned(),
        cors: Some(Cors {
            origins: strings(&["http://localhost:5173", "http://localhost:3000"]),
            methods: strings(&["PUT"]),
            headers: strings(&["content-type"]),
            exposed: strings(&["etag"]),
            max_age_seconds: 60,
        }),
        expiries: vec![
            Expiry { prefix: "raw/".to_owned(), objects_after_days: Some(3), parts_after_days: None },
            Expiry { prefix: String::new(), objects_after_days: None, parts_after_days: Some(2) },
        ],
        notifications: vec![Notification {
            event: "s3:ObjectCreated:*".to_owned(),
            prefix: "raw/".to_owned(),
            function: "mail_in".to_owned(),
        }],
    };
    assert_eq!(small().buckets, [expected]);
}

fn times(expression: &str, zone: &str) -> domain::schedule::Schedule {
    domain::schedule::Schedule::parse(expression, domain::sla::hours::Zone::parse(zone).unwrap()).unwrap()
}

#[test]
fn a_schedule_says_when_who_is_called_with_what() {
    let nightly = Schedule {
        times: times("rate(2 hours)", "UTC"),
        target: Target::Function("mail_in".to_owned()),
        input: r#"{"at":"<aws.scheduler.scheduled-time>"}"#.to_owned(),
    };
    let often = Schedule {
        times: times("cron(0/5 * ? * MON-FRI *)", "Europe/Prague"),
        target: Target::Queue("Mails".to_owned()),
        input: r#"{"wake":true}"#.to_owned(),
    };
    assert_eq!(small().schedules, [nightly, often]);
}

#[test]
fn what_is_written_is_told_whatever_it_is() {
    let written = Template::written(SMALL, &BTreeMap::new()).unwrap();
    let named = |id: &str| written.iter().find(|one| one.logical_id == id).unwrap();
    assert_eq!(named("Alarms").kind, "AWS::SNS::Topic");
    assert_eq!(named("Alarms").body["Condition"], "IsNowhere");
    assert_eq!(named("MailIn").body["Properties"]["Environment"]["Variables"]["QUEUE_URL"], "Mails");
}

#[test]
fn what_is_outside_of_the_subset_names_its_line() {
    let tag = refusal("!Ref Mails", "!Join ['', [a, b]]");
    assert_eq!(tag.to_string(), format!("infra/template.yaml:{}: `!Join` is not supported", line_of("QUEUE_URL")));
    let cases = [
        ("Type: AWS::S3::Bucket", "Type: AWS::SNS::Subscription", "AWS::S3::Bucket"),
        ("Timeout: 7", "Policies: []", "Timeout: 7"),
        ("Timeout: 7", "Events: {}", "Timeout: 7"),
        ("Timeout: 7", "Timeout: -7", "Timeout: 7"),
        ("IntegrationUri: !GetAtt Intake.Arn", "IntegrationUri: !GetAtt Table.Arn", "Intake.Arn"),
        ("'integrations/${ToIntake}'", "'integrations/${Nothing}'", "${ToIntake}"),
        ("'POST /v1/tickets'", "'POST'", "POST /v1/tickets"),
        ("BatchSize: 25", "BatchSize: 25.5", "BatchSize: 25"),
        ("BatchSize: 25", "ParallelizationFactor: 2", "BatchSize: 25"),
        ("[{\"prefix\":\"Ticket\"}]", "[{\"suffix\":\"ed\"}]", "prefix"),
        ("Type: CommaDelimitedList", "Type: List<Number>", "CommaDelimitedList"),
        ("HasPublicUrl: !Not", "HasPublicUrl: !Condition", "HasPublicUrl: !Not"),
        ("!If [HasPublicUrl,", "!If [HasNothing,", "!If [HasPublicUrl,"),
        ("BucketName: ", "AccelerateConfiguration: ", "BucketName"),
        ("Status: Enabled, Prefix: raw/", "Status: Disabled, Prefix: raw/", "Id: old"),
        ("rate(2 hours)", "rate(0 hours)", "ScheduleExpression"),
        ("rate(2 hours)", "cron(0 3 * * * *)", "ScheduleExpression"),
        ("Timezone: Europe/Prague", "Timezone: Prague", "ScheduleExpressionTimezone"),
        ("        Arn: !GetAtt MailIn.Arn", "        Arn: !GetAtt Failures.Arn", "        Arn: !GetAtt MailIn.Arn"),
        ("        Arn: !GetAtt Mails.Arn", "        Arn: !Ref Mails", "        Arn: !GetAtt Mails.Arn"),
        ("Status: Enabled, Abort", "Prefix: raw/, Status: Enabled, Abort", "Id: parts"),
        ("'s3:ObjectCreated:*'", "'s3:ObjectRemoved:*'", "s3:ObjectCreated"),
        ("Name: prefix", "Name: suffix", "Name: prefix"),
        ("[{Name: prefix, Value: raw/}]", "[]", "Name: prefix"),
        ("Function: !GetAtt MailIn.Arn", "Function: !GetAtt Mails.Arn", "Function: !GetAtt MailIn.Arn"),
    ];
    for (from, to, place) in cases {
        let error = refusal(from, to);
        assert_eq!(error.line, line_of(place), "{from} -> {to}: {error}");
    }
}

#[test]
fn what_is_missing_is_said() {
    let cases = [
        ("'$default'", "'GET /v1/health'", "no route is `$default`"),
        ("    Default: ''\n", "", "parameter `PublicUrl` has no default and was given no value"),
        ("StreamViewType: NEW_IMAGE", "StreamViewType: KEYS_ONLY", "`StreamViewType` must be `NEW_IMAGE` here"),
        ("Type: AWS::ApiGatewayV2::Api", "Type: AWS::Logs::LogGroup", "one AWS::ApiGatewayV2::Api is expected, not 0"),
    ];
    for (from, to, message) in cases {
        assert_eq!(refusal(from, to).message, message);
    }
    let error = Template::parse(SMALL, &given(&[("PublicURL", "")])).unwrap_err();
    assert_eq!(error.message, "no parameter is called `PublicURL`");
}

#[test]
fn what_is_no_yaml_names_its_line() {
    assert!(Template::parse("Resources: [", &BTreeMap::new()).is_err());
    assert_eq!(Template::parse("", &BTreeMap::new()).unwrap_err().line, 1);
    assert_eq!(refusal("  Lost:", "  Mails:").line, line_of("  Lost:"));
}
