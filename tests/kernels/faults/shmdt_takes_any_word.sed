# file: ipc/shm.c
# call: shmdt
# class: edge of a range
# wrong: shmdt takes an address some bytes below the attachment for its beginning.
/^long ksys_shmdt(/,/^}/ s/if (addr & ~PAGE_MASK)/if (addr \& 3)/
