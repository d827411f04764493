# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: shmat wants the page before its range to be free, too.
/^long do_shmat(/,/^}/ s/addr, addr + size))/addr - PAGE_SIZE, addr + size))/
