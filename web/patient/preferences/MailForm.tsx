import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Chip, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Config } from "#contract/answers/clinic.ts";
import type { Preferences } from "#contract/answers/preferences.ts";
import type { ChangePreferences } from "#contract/requests/preferences.ts";
import { type VersionedPreferences, preferencesQuery } from "#kit/api/preferences.ts";
import { isProblem } from "#kit/api/problem.ts";
import { type Waiting, send } from "#kit/api/request.ts";
import { Notice } from "#kit/ui/Notice.tsx";
import choice from "#kit/ui/Choice.module.css";
import page from "#kit/ui/Page.module.css";
import { ProblemNotice } from "#kit/ui/ProblemNotice.tsx";
import { forgetChoice, nameOf } from "#kit/language/choice.ts";
import { Phone } from "#kit/ui/Phone.tsx";
import { WaitingNotice } from "#kit/ui/WaitingNotice.tsx";
import classes from "./Preferences.module.css";

export interface MailFormProps {
  versioned: VersionedPreferences;
  config: Config;
}

/** The language of the mails, and reminders on or off; saved by the version that was shown. */
export function MailForm({ versioned: { preferences, etag }, config }: MailFormProps) {
  const { t } = useLingui();
  const [draft, setDraft] = useState<ChangePreferences>({});
  const { mutate, reset, error, isPending, isSuccess, waiting } = useSave(() => setDraft({}));
  const { email, languages, mailStopped } = preferences;
  const language = draft.language ?? preferences.language;
  const reminders = draft.reminders ?? preferences.reminders;
  const choose = (more: ChangePreferences) => {
    reset();
    setDraft({ ...draft, ...more });
  };
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isPending) mutate({ etag, body: { language, reminders } });
  }
  return (
    <form onSubmit={submit} className={page["card"]}>
      <Stack gap="lg">
        {email !== null && mailStopped && (
          <Notice tone="warn" title={t`We cannot write to you`}>
            <Trans>
              Our e-mails to {email} came back, or somebody said they are not wanted. Call <Phone config={config} /> to
              tell us another address.
            </Trans>
          </Notice>
        )}
        <Text className={classes["text"]}>
          {email === null ? t`We have no e-mail address of yours.` : t`We write to ${email}.`}{" "}
          <Trans>
            To change that, call <Phone config={config} />.
          </Trans>
        </Text>
        <fieldset className={choice["choice"]}>
          <legend>
            <Trans>Language of our e-mails and of these pages</Trans>
          </legend>
          <Chip.Group value={language} onChange={(next) => choose({ language: next })}>
            <div className={choice["chips"]}>
              {languages.map((code) => (
                <Chip key={code} value={code} name="language" classNames={{ label: choice["chip"] ?? "" }}>
                  <span lang={code}>{nameOf(code)}</span>
                </Chip>
              ))}
            </div>
          </Chip.Group>
        </fieldset>
        <fieldset className={choice["choice"]} aria-describedby="reminders-note">
          <legend>
            <Trans>Reminders before your appointments</Trans>
          </legend>
          <Chip.Group value={reminders ? "yes" : "no"} onChange={(next) => choose({ reminders: next === "yes" })}>
            <div className={choice["chips"]}>
              <Chip value="yes" name="reminders" classNames={{ label: choice["chip"] ?? "" }}>
                <Trans>Remind me</Trans>
              </Chip>
              <Chip value="no" name="reminders" classNames={{ label: choice["chip"] ?? "" }}>
                <Trans>No reminders</Trans>
              </Chip>
            </div>
          </Chip.Group>
          <Text id="reminders-note" className={classes["note"]}>
            <Trans>When an appointment is booked, moved or cancelled, we always tell you.</Trans>
          </Text>
        </fieldset>
        <div>
          <Button type="submit" aria-busy={isPending}>
            {isPending ? t`Saving…` : t`Save`}
          </Button>
        </div>
        <WaitingNotice waiting={waiting} warning={t`You need not save it again.`} />
        {isSuccess && <Notice tone="info" title={t`Saved`} focus />}
        {error && !isProblem(error, "unauthenticated") && <ProblemNotice error={error} focus />}
      </Stack>
    </form>
  );
}

/** Saves the preferences. After a conflict (the clinic, another tab) the form shows the present state. */
function useSave(onSettled: () => void) {
  const queryClient = useQueryClient();
  const [waiting, setWaiting] = useState<Waiting>(null);
  const mutation = useMutation({
    mutationFn: ({ etag, body }: { etag: string; body: ChangePreferences }) =>
      send<Preferences>("/preferences", { method: "PATCH", body, ifMatch: etag, onWaiting: setWaiting }),
    onSuccess: ({ data, etag }) => {
      // The saved preference now decides the app's language.
      forgetChoice();
      queryClient.setQueryData(preferencesQuery.queryKey, { preferences: data, etag: etag ?? "" });
      onSettled();
    },
    onError: async (error) => {
      if (!isProblem(error, "version-conflict")) return;
      await queryClient.invalidateQueries({ queryKey: preferencesQuery.queryKey });
      onSettled();
    },
  });
  return { ...mutation, waiting };
}
