# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: shmat takes each multiple of the page size for an address without SHM_RND.
/^long do_shmat(/,/^}/ s/if (addr & (shmlba - 1))/if (addr \& ~PAGE_MASK)/
