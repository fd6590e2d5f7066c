// Where a file is dropped or chosen. The file is never read here.
import { bytesText } from '@/pages/imports/rate';
import { FileButton, Button, Paper, Stack, Text } from '@mantine/core';
import IconFileSpreadsheet from '@tabler/icons-react/dist/esm/icons/IconFileSpreadsheet.mjs';
import { useRef, useState, type DragEvent } from 'react';
import classes from './csv.module.css';

const TYPES = '.csv,.tsv,.txt,.xlsx,.gz,text/csv';
const BYTES_MAX = 1024 * 1024 * 1024; // as the server takes them

interface Props {
  file: File | null;
  onFile: (file: File) => void;
}

export function FileDrop({ file, onFile }: Props) {
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const take = (chosen: File | null | undefined, count = 1) => {
    if (!chosen) return;
    const reason = count > 1 ? 'One file at a time.' : chosen.size === 0 ? 'This file is empty.' : chosen.size > BYTES_MAX ? 'A file may have 1 GB.' : null;
    setRefused(reason);
    if (reason === null) onFile(chosen);
  };
  // Children fire their own enter and leave, so they are counted.
  const moved = (step: number) => (event: DragEvent) => {
    event.preventDefault();
    depth.current = Math.max(0, depth.current + step);
    setOver(depth.current > 0);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    take(event.dataTransfer.files[0], event.dataTransfer.files.length);
  };
  return (
    <Paper withBorder className={classes.drop} data-over={over || undefined} onDragEnter={moved(1)} onDragLeave={moved(-1)} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <Stack align="center" gap="xs">
        <IconFileSpreadsheet size={36} stroke={1.4} aria-hidden />
        {file ? (
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>{file.name} <Text span c="dimmed" fw={400}>({bytesText(file.size)})</Text></Text>
        ) : (
          <Text fw={600}>Drop a CSV or Excel file here</Text>
        )}
        <FileButton accept={TYPES} onChange={(chosen) => take(chosen)} inputProps={{ 'aria-label': 'Choose a file' }}>
          {(props) => <Button {...props} variant="default">{file ? 'Choose another' : 'Choose a file'}</Button>}
        </FileButton>
        <Text size="sm" c="dimmed" ta="center">From any system, with its own column names. Up to 1 GB.</Text>
        {refused && <Text size="sm" c="var(--mantine-color-error)" role="alert">{refused}</Text>}
      </Stack>
    </Paper>
  );
}
