"""All source types of IPTC, and what explains a contradiction beside what was stated."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0006_versions_by_maker'),
    ]

    operations = [
        migrations.AddField(
            model_name='provenance',
            name='digital_source',
            field=models.CharField(blank=True, help_text='What the path knows: the IPTC source type of what was made here.', max_length=48),
        ),
        migrations.AddField(
            model_name='version',
            name='explanations',
            field=models.JSONField(blank=True, default=dict, help_text='Contradiction → {about, words}; see `assets.provenance.agreement`.'),
        ),
        migrations.AddField(
            model_name='version',
            name='same_view',
            field=models.BooleanField(default=False, help_text='Whether somebody confirmed that the original shows the same room from the same place.'),
        ),
        migrations.AlterField(
            model_name='version',
            name='digital_source',
            field=models.CharField(blank=True, choices=[('', 'Not stated'), ('digitalCapture', 'Photograph'), ('computationalCapture', 'Photograph computed from several shots, such as HDR on a phone'), ('humanEdits', 'Photograph edited by a person'), ('algorithmicallyEnhanced', 'Photograph enhanced by a program, such as noise removed or sharpened'), ('compositeCapture', 'Several photographs joined, such as a panorama'), ('negativeFilm', 'Scan of a film negative'), ('positiveFilm', 'Scan of a slide'), ('print', 'Scan of a printed photograph'), ('compositeWithTrainedAlgorithmicMedia', 'Photograph altered with a trained model'), ('composite', 'Parts of several pictures put together'), ('compositeSynthetic', 'Parts of several pictures put together, some made by a program'), ('trainedAlgorithmicMedia', 'Made by a trained model'), ('algorithmicMedia', 'Drawn by a program'), ('dataDrivenMedia', 'Drawn by a program from data, such as a map or a chart'), ('digitalCreation', 'Drawn by a person'), ('virtualRecording', 'View of a virtual room, such as a 3D model'), ('screenCapture', 'Screenshot')], max_length=48),
        ),
    ]
