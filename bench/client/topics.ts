/** The last message of a blast: its payload is the number of messages before it. */
export const BLAST_END = 'bench/blast/device/ended';
