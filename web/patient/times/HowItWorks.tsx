import { spokenDuration } from "../hold/words.ts";
import classes from "./ChooseTimePage.module.css";

/** What happens after choosing, in three lines. */
export function HowItWorks({ holdSeconds }: { holdSeconds: number }) {
  return (
    <section className={classes["help"]} aria-labelledby="how-it-works">
      <h2 id="how-it-works">How booking works</h2>
      <ol>
        <li>Choose a time that suits you, and log in if you have not yet.</li>
        <li>We hold it for {spokenDuration(holdSeconds)}, so nobody else can take it while you check.</li>
        <li>Confirm. We e-mail you the details.</li>
      </ol>
    </section>
  );
}
