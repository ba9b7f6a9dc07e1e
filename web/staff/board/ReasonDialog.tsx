import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Dialog } from "#kit/ui/Dialog.tsx";
import type { Rule } from "./judge.ts";
import classes from "./screen.module.css";
import { ruleWords } from "./words.ts";

export interface ReasonDialogProps {
  rules: readonly Rule[];
  /** The action that breaks a rule. */
  action: string;
  onReason: (reason: string) => void;
  onClose: () => void;
}

/** It opens only for a broken rule, and names it. The reason goes to the audit trail. */
export function ReasonDialog({ rules, action, onReason, onClose }: ReasonDialogProps) {
  const { t } = useLingui();
  const usual = [t`Agreed with the patient`, t`The doctor asked for it`, t`Medical reason`];
  const [choice, setChoice] = useState(0);
  const [own, setOwn] = useState("");
  const reason = usual[choice] ?? own.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason !== "") onReason(reason);
  };
  return (
    <Dialog title={t`A rule stands in the way`} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <ul className={classes["rules"]}>
            {rules.map((rule) => (
              <li key={rule}>{ruleWords(rule)}</li>
            ))}
          </ul>
          <fieldset className={classes["choices"]}>
            <legend>
              <Trans>Why all the same? The reason goes to the audit trail.</Trans>
            </legend>
            {[...usual, t`Another reason`].map((label, at) => (
              <label key={label}>
                <input
                  type="radio"
                  name="reason"
                  checked={choice === at}
                  onChange={() => setChoice(at)}
                  data-autofocus={at === 0 ? "" : undefined}
                />
                {label}
              </label>
            ))}
          </fieldset>
          {choice === usual.length && (
            <TextInput
              label={t`Reason`}
              value={own}
              maxLength={500}
              required
              onChange={(event) => setOwn(event.currentTarget.value)}
            />
          )}
          <Group>
            <Button type="submit">{action}</Button>
            <Button variant="outline" onClick={onClose}>
              <Trans>Leave it as it is</Trans>
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
