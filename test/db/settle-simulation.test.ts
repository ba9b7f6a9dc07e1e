import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../support/database.ts";
import { SEED } from "../support/seed.ts";
import { simulate } from "../soak/settling/simulate.ts";
import { type VirtualDatabase, openVirtualDatabase } from "../soak/settling/virtual-database.ts";

const BURSTS = Number(process.env["SETTLE_BURSTS"] ?? 100);

const own = await createTestDatabase({ template: "migrated" });
let database: VirtualDatabase;
beforeAll(async () => {
  database = await openVirtualDatabase(own);
});
afterAll(() => database.close());

test("The statements read the clock that the test sets", async () => {
  const at = Date.UTC(2031, 4, 5, 6, 7, 8, 90);
  await database.setClock(at);
  const { rows } = await database.admin.query<{ same: boolean; real: boolean }>(
    "select now() = clock_timestamp() and now() = to_timestamp($1::float8 / 1000) as same, pg_catalog.now() < now() as real",
    [at],
  );
  expect(rows).toEqual([{ same: true, real: true }]);
  expect(
    await database.db.rows({
      text: "select current_user as who, (extract(epoch from clock_timestamp()) * 1000)::float8 as at, now() - now() = '0' as still",
      params: [],
    }),
  ).toEqual([{ who: "holdfast_app", at, still: true }]);
});

test(`${BURSTS} bursts of changes are each notified once with the final state, with any faults of queue, SES and Worker`, async () => {
  const report = await simulate(database, { bursts: BURSTS, seed: SEED });
  const { needless } = report.sink;
  const share = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} %`;
  if (process.env["SETTLE_REPORT"]) {
    console.log(JSON.stringify({ seed: SEED, ...report }, null, 2));
    console.log(
      `messages/ideal ${(report.messages / report.ideal).toFixed(3)}; without ${needless} sent again after ` +
        `${report.lostAcknowledgements} lost acknowledgements ${((report.messages - needless) / report.ideal).toFixed(3)}. ` +
        `Naive: final state lost in ${share(report.naive.lostFinalState, report.bursts)} of bursts, ` +
        `messages/ideal ${(report.naive.messages / report.ideal).toFixed(3)}`,
    );
  }
  expect(report.wrong).toEqual([]);
  expect({ neverNotified: report.neverNotified, stale: report.stale }).toEqual({ neverNotified: 0, stale: 0 });
  // Nothing is notified twice, except after a lost acknowledgement.
  expect(report.messages - needless).toBe(report.ideal);
  expect(needless).toBeLessThanOrEqual(report.lostAcknowledgements);
  expect(report.sink.sequenceNotRising).toBe(0);
  // The faults really happened, and the naive way fails on them.
  expect(
    Object.values(report.queue)
      .slice(0, 5)
      .every((times) => times > 0),
  ).toBe(true);
  expect(report.crashes).toBeGreaterThan(0);
  expect(report.naive.lostFinalState).toBeGreaterThan(report.bursts / 5);
}, 3_600_000);
