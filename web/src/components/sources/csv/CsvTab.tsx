// A file: choose it, see its first rows, send it to be planned. Nothing is saved by that; the steps after it are the import's own page.
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { TabProps } from '../source';
import { FileDrop } from './FileDrop';
import { FilePreview } from './FilePreview';
import { useUpload } from './use_upload';
import { UploadProgress } from './UploadProgress';

const EXAMPLE = 'Deal Name,Company,Value,Stage,Probability,Expected Close Date,Contact Email,Contact Name,Description\nEnterprise license,Acme Corporation,120000,Proposal,60,2027-06-01,buyer@acme.example,John Smith,500 users\n';

export default function CsvTab({ openImport }: TabProps) {
  const session = useSession();
  const [file, setFile] = useState<File | null>(null);
  const upload = useUpload(openImport);
  if (!session.can('write')) return <Alert color="gray" title="You can look, but not add">Ask an admin of your workspace for the role Member.</Alert>;
  const choose = (chosen: File) => {
    upload.reset();
    setFile(chosen);
  };
  if (upload.progress) return <UploadProgress name={file?.name ?? ''} progress={upload.progress} onCancel={upload.cancel} />;
  return (
    <Stack gap="md">
      {upload.cancelled && <Alert color="gray" role="status">The upload was stopped. Nothing was saved.</Alert>}
      {upload.error !== null && <ErrorAlert error={upload.error} />}
      <FileDrop file={file} onFile={choose} />
      {file && <FilePreview file={file} />}
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          New here? <Anchor href={`data:text/csv;charset=utf-8,${encodeURIComponent(EXAMPLE)}`} download="deals.csv" underline="always">Get a file to start from</Anchor>.
        </Text>
        <Button disabled={file === null} onClick={() => file && upload.start(file)}>Look at what it does</Button>
      </Group>
    </Stack>
  );
}
