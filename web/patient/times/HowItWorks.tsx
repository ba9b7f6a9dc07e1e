import { Trans } from "@lingui/react/macro";
import { durationOf } from "#kit/time/format.ts";
import classes from "./ChooseTimePage.module.css";

/** The steps after the choice of a time, in three lines. */
export function HowItWorks({ holdSeconds }: { holdSeconds: number }) {
  const duration = durationOf(holdSeconds);
  return (
    <section className={classes["help"]} aria-labelledby="how-it-works">
      <h2 id="how-it-works">
        <Trans>How booking works</Trans>
      </h2>
      <ol>
        <li>
          <Trans>Choose a time that suits you, and log in if you have not yet.</Trans>
        </li>
        <li>
          <Trans>We hold it for {duration}, so nobody else can take it while you check.</Trans>
        </li>
        <li>
          <Trans>Confirm. We e-mail you the details.</Trans>
        </li>
      </ol>
    </section>
  );
}
