// The API: this server's address, a key, the call in three languages, and a test that shows request and answer.
import { useSession } from '@/session/session';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Alert, Anchor, Button, Code, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeBlock } from '../CodeBlock';
import type { TabProps } from '../source';
import { makeKey } from '../workspace';
import { SendTest } from './SendTest';
import { apiSnippet, type Language } from './snippets';

const EXAMPLE = {
  name: 'Enterprise license',
  company: 'Acme Corporation',
  value: 75000,
  stage: 'discovery',
  contact_email: 'buyer@acme.example',
  external_id: 'order-4711',
};
const LANGUAGES: { value: Language; label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'javascript', label: 'JavaScript' },
  { value: 'python', label: 'Python' },
];

export default function ApiTab({ openDeal }: TabProps) {
  const session = useSession();
  const [language, setLanguage] = useState<Language>('curl');
  const key = useMutation({ mutationFn: () => makeKey({ role: 'intake', label: 'Made in the API tab', workspaces: [session.workspace_id] }) });
  const url = window.location.origin;
  return (
    <Stack gap="lg">
      <Stack gap={4}>
        <Text size="sm" fw={500}>Address</Text>
        <Group gap="sm">
          <Code style={{ overflowWrap: 'anywhere' }}>{`${url}/api/sales/deals/api`}</Code>
          <CopyButton value={`${url}/api/sales/deals/api`} label="Copy address" />
        </Group>
        <Text size="sm" c="dimmed">Workspace {session.workspace_id} of {session.tenant_id}. Many deals at once: <Code>/api/sales/deals/bulk</Code>. All of it: <Anchor href="/docs" target="_blank" underline="always">API reference</Anchor>.</Text>
      </Stack>
      {key.data ? (
        <Alert color="teal" variant="light" title="Your key. It is shown only now" role="status">
          <Group gap="sm">
            <Code style={{ overflowWrap: 'anywhere' }}>{key.data.secret}</Code>
            <CopyButton value={key.data.secret} label="Copy key" />
          </Group>
        </Alert>
      ) : session.can('administer') ? (
        <Group gap="sm">
          <Button loading={key.isPending} onClick={() => key.mutate()}>Create a key</Button>
          <Text size="sm" c="dimmed">It can send deals, and read only what became of them.</Text>
        </Group>
      ) : (
        <Alert color="gray">Only an admin can create a key.</Alert>
      )}
      {key.isError && <ErrorAlert error={key.error} />}
      <Stack gap="xs">
        <SegmentedControl value={language} onChange={(next) => setLanguage(next as Language)} data={LANGUAGES} aria-label="Language" style={{ alignSelf: 'flex-start' }} />
        <CodeBlock title="Send one deal" language={language} code={apiSnippet(language, { url, key: key.data?.secret ?? 'YOUR_KEY', deal: EXAMPLE })} />
      </Stack>
      <SendTest example={JSON.stringify(EXAMPLE, null, 2)} openDeal={openDeal} />
    </Stack>
  );
}
