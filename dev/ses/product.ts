import { createRequire } from "node:module";
import type * as Server from "aws-ses-v2-local";
import type * as EmlFile from "aws-ses-v2-local/dist/emlFile";
import type * as Store from "aws-ses-v2-local/dist/store";

// `require`, because Node and bundlers treat an import of CommonJS with a default export differently.
const require = createRequire(import.meta.url);

/** aws-ses-v2-local: its server, its store of mails (one for the whole process) and its MIME composer. */
export const { default: startProduct } = require("aws-ses-v2-local") as typeof Server;
export const { clearStore, getStoreReadonly } = require("aws-ses-v2-local/dist/store") as typeof Store;
export const { createEmlContent } = require("aws-ses-v2-local/dist/emlFile") as typeof EmlFile;
