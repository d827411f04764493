# file: ipc/shm.c
# call: shmdt
# class: edge of a range
# wrong: shmdt takes a piece of another segment that was moved into the range.
/^long ksys_shmdt(/,/^}/ s/(vma->vm_file == file)) {/vma->vm_file) {/
