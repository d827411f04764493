# file: ipc/shm.c
# call: shmdt
# class: edge of a range
# wrong: shmdt of a piece takes the first attachment that begins at the address or above it.
/^long ksys_shmdt(/,/^}/ s/(vma->vm_start - addr)\/PAGE_SIZE == vma->vm_pgoff) {/vma->vm_start >= addr) {/
