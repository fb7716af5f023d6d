"""The options of file sources by what a local run makes of them; every list is the platform's own.

Sources: `sql/language-manual/functions/read_files` and `ingestion/cloud-object-storage/auto-loader/options`.
"""

from __future__ import annotations

FORMATS = ("json", "csv", "xml", "parquet", "avro", "orc", "text", "binaryFile")
EVOLUTION_MODES = ("addNewColumns", "addNewColumnsWithTypeWidening", "rescue", "failOnNewColumns", "none")
PARSE_MODES = ("PERMISSIVE", "DROPMALFORMED", "FAILFAST")

# Read by this package itself.
COMMON = (
    "format", "schema", "schemaHints", "inferColumnTypes", "schemaEvolutionMode", "rescuedDataColumn",
    "readerCaseSensitive", "pathGlobFilter", "fileNamePattern", "modifiedAfter", "modifiedBefore",
    "maxFilesPerTrigger", "maxBytesPerTrigger", "recursiveFileLookup", "partitionColumns", "includeExistingFiles",
    "ignoreMissingFiles", "ignoreCorruptFiles",
)  # fmt: skip

# About cloud storage and its notifications; a folder on disk has neither, the rows are the same.
WITHOUT_EFFECT = (
    "schemaLocation", "useNotifications", "useManagedFileEvents", "useIncrementalListing", "backfillInterval",
    "fetchParallelism", "maxFileAge", "resourceTag", "region", "queueUrl", "queueName", "awsAccessKey",
    "awsSecretKey", "roleArn", "roleExternalId", "roleSessionName", "stsEndpoint", "clientId", "clientSecret",
    "connectionString", "resourceGroup", "subscriptionId", "tenantId", "client", "clientEmail", "privateKey",
    "privateKeyId", "projectId", "subscription", "databricks.serviceCredential", "serviceCredential",
    "validateOptions", "samplingRatio", "maxColumns", "schemaInferenceMode", "listOnStart",
)  # fmt: skip

# Known there, not done here: refused by name. The second part says what a local run would get wrong.
REFUSED = {
    "allowOverwrites": "a file that was read is not read again when it changes here",
    "cleanSource": "a local run does not delete or move your files",
    "useStrictGlobber": "patterns match as with the strict globber here",
    "badRecordsPath": "broken records go to the rescued data column here",
    "rowValidationXSDPath": "records are not held against an XSD here",
    "pathRewrites": "paths are mapped in pyproject.toml here",
    "cleanSource.retentionDuration": "a local run does not delete or move your files",
    "cleanSource.moveDestination": "a local run does not delete or move your files",
    "skipRows": "every line of a file is a row here",
    "avroSchema": "the schema stands in the files here",
    "avroSchemaEvolutionMode": "the schema stands in the files here",
    "datetimeRebaseMode": "dates are read in the calendar of today here",
    "int96RebaseMode": "dates are read in the calendar of today here",
    "avroSchemaUrl": "the schema stands in the files here",
}
# Values with which a refused option changes nothing.
HARMLESS = {
    "allowOverwrites": "false",
    "cleanSource": "off",
    "useStrictGlobber": "true",
    "skipRows": "0",
    "datetimeRebaseMode": "corrected",
    "int96RebaseMode": "corrected",
}

_TEXT = ("dateFormat", "timestampFormat", "timestampNTZFormat", "locale", "timeZone", "mode", "encoding", "charset")
# Spark's own parsers take these.
PASSED_ON = {
    "json": (
        *_TEXT, "allowComments", "allowSingleQuotes", "allowUnquotedFieldNames", "allowNumericLeadingZeros",
        "allowBackslashEscapingAnyCharacter", "allowNonNumericNumbers", "allowUnquotedControlChars", "lineSep",
        "primitivesAsString", "prefersDecimal", "dropFieldIfAllNull", "inferTimestamp",
    ),
    "csv": (
        *_TEXT, "sep", "delimiter", "quote", "escape", "charToEscapeQuoteEscaping", "comment", "nullValue",
        "emptyValue", "nanValue", "positiveInf", "negativeInf", "ignoreLeadingWhiteSpace",
        "ignoreTrailingWhiteSpace", "multiLine", "lineSep", "maxCharsPerColumn", "unescapedQuoteHandling",
        "preferDate",
    ),
    "xml": (
        *_TEXT, "rowTag", "attributePrefix", "valueTag", "excludeAttribute", "ignoreSurroundingSpaces",
        "ignoreNamespace", "nullValue", "wildcardColName",
    ),
    "parquet": (),
    "avro": (),
    "orc": (),
    "text": ("lineSep",),
    "binaryFile": (),
}  # fmt: skip
OWN = {
    "json": ("multiLine", "columnNameOfCorruptRecord", "singleVariantColumn"),
    "csv": ("header", "columnNameOfCorruptRecord", "mergeSchema", "enforceSchema", "inferSchema"),
    "xml": ("columnNameOfCorruptRecord", "inferSchema"),
    "parquet": ("mergeSchema",),
    "avro": ("mergeSchema",),
    "orc": ("mergeSchema",),
    "text": ("wholeText",),
    "binaryFile": (),
}
