import * as fc from "fast-check";
import { SEED } from "./seed.ts";

// The same cases in every run: a failure is there again when the run is repeated.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
