/** The last message of a blast: its payload is the number of those before it. */
export const BLAST_END = 'bench/blast/device/ended';
