# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: shmat does not look whether the last page of a range of several is free.
/^long do_shmat(/,/^}/ s/addr, addr + size))/addr, addr + (size > PAGE_SIZE ? size - PAGE_SIZE : size)))/
