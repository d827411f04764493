# file: ipc/shm.c
# call: shmdt
# class: edge of a range
# wrong: shmdt leaves the piece of a split attachment that ends where the segment ends.
/^long ksys_shmdt(/,/^}/ s/(vma->vm_end - addr) <= size)/(vma->vm_end - addr) < size)/
