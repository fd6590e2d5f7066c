// The first rows of the chosen file, as a table.
import { Table, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Preview } from './preview';

const COLUMNS_SHOWN = 12;

export function FilePreview({ file }: { file: File }) {
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    let gone = false;
    // The parser comes with the first file.
    void import('./preview')
      .then(({ previewOf }) => previewOf(file))
      .then((read) => !gone && setPreview(read))
      .catch(() => !gone && setPreview(null));
    return () => {
      gone = true;
    };
  }, [file]);
  if (preview === null) return null;
  const more = preview.header.length - COLUMNS_SHOWN;
  return (
    <>
      <Table.ScrollContainer minWidth={500} type="native">
        <Table withTableBorder verticalSpacing={6} fz="sm" aria-label="First rows of the file">
          <Table.Thead>
            <Table.Tr>{preview.header.slice(0, COLUMNS_SHOWN).map((name, at) => <Table.Th key={at} style={{ whiteSpace: 'nowrap' }}>{name}</Table.Th>)}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {preview.rows.map((row, line) => (
              <Table.Tr key={line}>{preview.header.slice(0, COLUMNS_SHOWN).map((_, at) => <Table.Td key={at}><Text size="sm" lineClamp={1} miw={60}>{row[at] ?? ''}</Text></Table.Td>)}</Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {more > 0 && <Text size="sm" c="dimmed">And {more} more columns.</Text>}
    </>
  );
}
