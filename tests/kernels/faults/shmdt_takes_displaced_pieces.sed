# file: ipc/shm.c
# call: shmdt
# class: edge of a range
# wrong: shmdt takes a piece of the attachment that was moved to another place of the range.
/^long ksys_shmdt(/,/^}/ s/((vma->vm_start - addr)\/PAGE_SIZE == vma->vm_pgoff) &&/1 \&\&/
