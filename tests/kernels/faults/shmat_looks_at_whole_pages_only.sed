# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: shmat does not look at the page that a segment fills in part.
/^long do_shmat(/,/^}/ s/addr, addr + size))/addr, addr + (size > PAGE_SIZE ? size \& PAGE_MASK : size)))/
