"""Compute, limits, other updates and the systems that data comes from."""

from __future__ import annotations

from .model import KnownFailure

CONCURRENCY = (
    KnownFailure(
        code="MED861",
        title="another update of the pipeline is running",
        cause="A pipeline runs one update at a time.",
        fix="medallion watch -t {target}   follows the running one",
        pattern=(
            r"\bactive update .{0,80}already exists|\bupdate .{0,60}already (?:in "
            r"progress|running)|UPDATE_ALREADY_IN_PROGRESS"
        ),
        retry="helps",
        heals="retry",
        sample="An active update 51f9a6c2 already exists for pipeline 7c2b1e0a. Wait for it to complete or stop it.",
    ),
    KnownFailure(
        code="MED862",
        title="two writers changed a table at once",
        cause="Something outside the pipeline wrote to the table during the update.",
        fix="start again; if it comes back, find the other writer in the table's history",
        conditions=(
            "DELTA_CONCURRENT_APPEND",
            "DELTA_CONCURRENT_WRITE",
            "DELTA_CONCURRENT_DELETE_READ",
            "DELTA_CONCURRENT_TRANSACTION",
            "DELTA_METADATA_CHANGED",
        ),
        pattern=r"Concurrent(?:Append|Write|DeleteRead|Transaction|DeleteDelete)Exception|MetadataChangedException",
        retry="helps",
        heals="retry",
        sample=(
            "[DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files were added to the root of the table "
            "by a concurrent update. SQLSTATE: 2D521"
        ),
    ),
)

COMPUTE = (
    KnownFailure(
        code="MED871",
        title="a quota is used up",
        cause="The workspace or cloud account is at a limit: {name}.",
        fix="wait for other runs to end, or ask for a higher quota",
        conditions=("QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED"),
        pattern=(
            r"(?P<name>\b(?:exceed\w*|reached|over)\b[^\n.]{0,40} quota\b[^\n.]{0,80}"
            r"|exceeded the maximum number of [^\n.]{0,30}(?:pipelines|clusters|runs|nodes|instances)\b[^\n.]{0,40})"
        ),
        retry="may help",
        heals="retry",
        sample=(
            "QUOTA_EXCEEDED: You have exceeded the maximum number of concurrently running pipelines in this "
            "workspace (100)."
        ),
    ),
    KnownFailure(
        code="MED872",
        title="memory was not enough",
        cause="An executor or the driver ran out of memory.",
        fix=(
            "look for a join or window over one huge key; on serverless start again (it grows), on classic "
            "compute take larger nodes"
        ),
        pattern=r"OutOfMemoryError|exit code:? (?:137|52)\b|\bOOM(?:Killed)?\b|\bout of memory\b|DRIVER_OUT_OF_MEMORY",
        retry="may help",
        heals="retry",
        sample=(
            "Job aborted due to stage failure: ExecutorLostFailure (executor 3 exited caused by one of the "
            "running tasks) Reason: Command exited with exit code 137 (java.lang.OutOfMemoryError: Java heap "
            "space)"
        ),
    ),
    KnownFailure(
        code="MED873",
        title="serverless compute is not to be had",
        cause="Serverless is not enabled for the workspace, or no usage policy allows it.",
        fix="ask an account admin to enable serverless, or state clusters in resources/*.pipeline.yml",
        pattern=r"serverless[^\n]{0,80}(?:not (?:enabled|available|supported in)|disabled)|no usage policy",
        sample="BAD_REQUEST: Serverless compute is not enabled for this workspace. Contact your account administrator.",
    ),
    KnownFailure(
        code="MED874",
        title="compute could not be started",
        cause="The cloud has no machine of the kind at the moment, or starting took too long.",
        fix="start again; another node type or zone on classic compute",
        pattern=(
            r"CLOUD_PROVIDER_LAUNCH_FAILURE|INSUFFICIENT_INSTANCE_CAPACITY|RESOURCE_STOCKOUT|BOOTSTRAP_TIMEOUT"
            r"|failed to launch [^\n]{0,30}(?:cluster|compute|instance)|\bcluster [^\n]{0,40}terminated"
        ),
        retry="helps",
        heals="retry",
        sample=(
            "Failed to launch pipeline cluster 1121-052201-x1: Termination reason: "
            "CLOUD_PROVIDER_RESOURCE_STOCKOUT (CLOUD_FAILURE)."
        ),
    ),
    KnownFailure(
        code="MED875",
        title="the platform had an error of its own",
        cause="The update ended with an internal error that is not about the project.",
        fix="start again; with the same error three times, ask support with the update's id",
        conditions=("INTERNAL_ERROR",),
        pattern=r"INTERNAL_ERROR|TEMPORARILY_UNAVAILABLE|503 Service Unavailable|502 Bad Gateway",
        retry="helps",
        heals="retry",
        sample="[INTERNAL_ERROR] The Spark SQL phase planning failed with an internal error. SQLSTATE: XX000",
    ),
    KnownFailure(
        code="MED876",
        title="the network of serverless compute lets nothing out to a host",
        cause="A network policy denies {name}.",
        fix="ask an account admin to add {name} to the serverless network policy, or use a source of the catalog",
        pattern=r"Access to (?P<name>[\w.-]+) is denied because of serverless network policy",
        sample="java.io.IOException: Access to api.example.org is denied because of serverless network policy",
    ),
)

SOURCES = (
    KnownFailure(
        code="MED881",
        title="a message source does not answer",
        cause="Kafka or Event Hubs gave no answer in time.",
        fix="start again; then check host, port, network and credentials of the source",
        pattern=(
            r"\bkafka\b.{0,200}(?:TimeoutException|Timed out)|Timed out waiting for a node "
            r"assignment|Failed to (?:construct|create new) kafka"
        ),
        retry="may help",
        heals="retry",
        sample=(
            "org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment. Call: "
            "describeTopics"
        ),
    ),
    KnownFailure(
        code="MED882",
        title="messages are gone that were not read yet",
        cause="The topic's retention removed offsets that the stream still had to read: rows are lost at the source.",
        fix="decide with the topic's owner; failOnDataLoss=false goes on without them and is a loss that nobody counts",
        pattern=r"OffsetOutOfRange|offsets? [^\n]{0,40}out of range|Some data may have been lost",
        sample=(
            "java.lang.IllegalStateException: Partition orders-0's offset was changed from 500 to 120, some "
            "data may have been missed. Some data may have been lost because they are not available in Kafka "
            "any more. If you don't want your streaming query to fail on such cases, set the source option "
            "failOnDataLoss to false."
        ),
    ),
    KnownFailure(
        code="MED883",
        title="a database does not answer",
        cause="The connection to the source database failed.",
        fix="start again; then check host, port, network path and the connection's credentials",
        pattern=(
            r"\b(?:JDBC|SQLTransientConnectionException|PSQLException|SQLServerException|CommunicationsException)\b"
            r".{0,300}(?:refused|timed out|connection (?:attempt )?failed|reset)"
        ),
        retry="may help",
        heals="retry",
        sample=(
            "[FAILED_JDBC.UNCLASSIFIED] Failed JDBC jdbc:postgresql:… on the operation: Get table schema. "
            "org.postgresql.util.PSQLException: Connection to db.example.org:5432 refused. SQLSTATE: HV000"
        ),
    ),
    KnownFailure(
        code="MED884",
        title="storage asks to slow down",
        cause="The object store throttles requests.",
        fix="start again; fewer and larger files help for good",
        pattern=r"\bSlowDown\b|503 Slow Down|\bServerBusy\b|\bTooManyRequests\b|status code: 429|Rate exceeded",
        retry="helps",
        heals="retry",
        sample=(
            "com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate. (Service: "
            "Amazon S3; Status Code: 503; Error Code: SlowDown)"
        ),
    ),
    KnownFailure(
        code="MED885",
        title="a secret is not there",
        cause="The secret {name} does not exist, or the run-as identity may not read it.",
        fix="databricks secrets put-secret, or READ on the scope for the run-as identity",
        pattern=r"Secret does not exist with scope: (?P<name>\S+ and key: \S+)|Scope .{0,60} does not exist",
        sample="java.lang.IllegalArgumentException: Secret does not exist with scope: shop and key: kafka_password",
    ),
)
