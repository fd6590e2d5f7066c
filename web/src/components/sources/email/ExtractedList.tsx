// What the server found in a mail: the field, the value, where it stood, and the words around it.
import { useFormat } from '@/format/use_format';
import { fieldLabel } from '@/pages/imports/mapping';
import { Card, Stack, Table, Text, Title } from '@mantine/core';
import type { Extracted, Ingested } from '../ingest';

const FROM: Record<Extracted['from'], string> = {
  subject: 'the subject',
  signature: 'the signature',
  domain: 'the sender’s domain',
  sender: 'the sender',
  text: 'the text',
  given: 'what you typed',
  default: 'nothing said it; the usual value',
};

export function ExtractedList({ answer }: { answer: Ingested }) {
  const format = useFormat();
  // The value as the deal has it; everything else as it was read.
  const shown = (item: Extracted) => (item.field === 'value' ? format.money(answer.deal.value, answer.deal.currency) : item.value);
  return (
    <Card withBorder padding="md" role="status">
      <Stack gap="sm">
        <Title order={3} size="h5">{answer.match ? 'Found. It belongs to a deal you have already' : 'Found. It would be a new deal'}</Title>
        <Table.ScrollContainer minWidth={420}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Field</Table.Th>
                <Table.Th>Value</Table.Th>
                <Table.Th>Found in</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(answer.extracted ?? []).map((item) => (
                <Table.Tr key={item.field}>
                  <Table.Td>{fieldLabel(item.field)}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    <Text size="sm" fw={500} lineClamp={3}>{shown(item)}</Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{FROM[item.from] ?? item.from}</Text>
                    {item.excerpt && <Text size="xs" c="dimmed" lineClamp={2}>“{item.excerpt}”</Text>}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Stack>
    </Card>
  );
}
