# file: ipc/shm.c
# call: proc
# class: edge of a range
# wrong: shmat maps one page behind the end of the segment.
/^long do_shmat(/,/^}/ s/size = i_size_read(file_inode(base));/size = i_size_read(file_inode(base)) + PAGE_SIZE;/
