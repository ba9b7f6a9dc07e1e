import { useLingui } from "@lingui/react/macro";
import { TextInput } from "@mantine/core";
import { Notice } from "#kit/ui/Notice.tsx";

/** A rule that staff may set aside, with the reason in the field `override`. @param rule a sentence */
export function OverrideField({ rule }: { rule: string }) {
  const { t } = useLingui();
  return (
    <Notice tone="warn" title={rule} live>
      <TextInput
        name="override"
        label={t`Why it is right all the same (kept in the audit trail)`}
        required
        maxLength={500}
        ref={(field) => field?.focus()}
      />
    </Notice>
  );
}
