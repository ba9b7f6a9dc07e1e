import { Stack, Text } from "@mantine/core";
import { PageTitle } from "#kit/ui/PageTitle.tsx";
import page from "#kit/ui/Page.module.css";
import { LinkButton } from "./LinkButton.tsx";

/** 404 of the app's own addresses. */
export function NotFoundPage() {
  return (
    <Stack gap="md" align="flex-start" className={page["narrow"] ?? ""}>
      <PageTitle documentTitle="Page not found">Page not found</PageTitle>
      <Text>There is nothing at this address. If you typed it, check that it is correct.</Text>
      <LinkButton to="/">Find a time</LinkButton>
    </Stack>
  );
}
