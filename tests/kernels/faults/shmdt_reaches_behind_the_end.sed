# file: ipc/shm.c
# call: shmdt
# class: edge of a range
# wrong: shmdt takes a piece that mremap has grown behind the end of the segment.
/^long ksys_shmdt(/,/^}/ s/(vma->vm_end - addr) <= size)/(vma->vm_end - addr) <= size + PAGE_SIZE)/
